/**
 * Hosts an actor in the caller's thread: the same handle, the same mailboxes, no worker. For the
 * single-thread host, in real or in virtual time.
 *
 * What a thread of its own gives, a {@link Lifeline} gives here: an incarnation that crashes or is
 * terminated ends where it stands, one that hangs hears and does nothing until the hang is over, and one
 * that was given up meanwhile ends then. So whatever the actor waits for must go through the lifeline:
 * its log and its clock, which its maker is handed. What is left of the difference: the actor has its
 * caller's permissions, and code that never waits keeps the caller's thread.
 *
 * @module
 */

import type { Actor, ActorFactory, DataSender } from "./actor.ts";
import type { ActorHandle, DataListener, HandleLimits } from "./actor_handle.ts";
import type { Clock } from "./clock.ts";
import { answerControl, type ControlAnswer, type ControlRequest, type Faults } from "./control.ts";
import { resolvesWithin } from "./deferred.ts";
import type { HandleIdentity, HostMeans, HostSignal } from "./host_means.ts";
import { HostedHandle } from "./hosted_handle.ts";
import { InjectedFaults } from "./injected_faults.ts";
import { Lifeline } from "./lifeline.ts";
import { MailboxReceiver, MailboxSender } from "./mailbox.ts";
import { toPlainError } from "./plain_error.ts";
import { createPortPair } from "./port_pair.ts";
import type { RuntimeEventBody } from "./runtime_events.ts";
import { DATA_DRAIN_MS } from "./worker_protocol.ts";

/** What an incarnation in the caller's thread lives by. */
export interface LocalLife {
  /** Time that ends with the incarnation. */
  readonly clock: Clock;
  /** Aborts when the incarnation is no more, for what it leaves open. */
  readonly ended: AbortSignal;
  /** Settles as its promise does while the incarnation lives, and never after. */
  readonly gate: <T>(settled: Promise<T>) => Promise<T>;
  /** What is to go wrong. */
  readonly faults: InjectedFaults;
  /** Ends it here and now, as an error that nobody catches ends a worker. */
  crash(why: string): void;
  /** Tells the runtime event stream. */
  tell(event: RuntimeEventBody): void;
}

/** What an actor in the caller's thread is started with. */
export interface LocalSpec<Options> extends HandleIdentity {
  /** Makes the factory of one incarnation, whose every wait must go through `life`. */
  readonly create: (life: LocalLife) => ActorFactory<Options>;
  readonly options: Options;
  /** Delivers messages, in order; default: microtasks. A seeded scheduler may take its place. */
  readonly schedule?: (deliver: () => void) => void;
}

/** Starts an actor in the caller's thread. Never throws for what the actor does. */
export function spawnLocal<Options>(spec: LocalSpec<Options>): ActorHandle {
  return new HostedHandle(spec, (signal, limits) => new LocalMeans(spec, signal, limits));
}

class LocalMeans<Options> implements HostMeans {
  readonly #spec: LocalSpec<Options>;
  readonly #signal: (signal: HostSignal) => void;
  readonly #data: ReturnType<typeof createPortPair>;
  readonly #channel: MailboxSender<unknown>;
  readonly #lifeline: Lifeline;
  readonly #life: LocalLife;
  readonly #faults: Faults;
  #actor: Actor | null = null;

  constructor(
    spec: LocalSpec<Options>,
    signal: (signal: HostSignal) => void,
    limits: HandleLimits,
  ) {
    this.#spec = spec;
    this.#signal = signal;
    this.#data = createPortPair(spec.schedule);
    this.#channel = new MailboxSender<unknown>(this.#data[1], {
      capacity: limits.dataCapacity,
      onUnclonable: (error) => this.#fail(error),
    });
    const lifeline = new Lifeline(spec.runtime.clock, () => this.#ended());
    this.#lifeline = lifeline;
    this.#life = {
      clock: lifeline.clock,
      ended: lifeline.ended,
      gate: lifeline.pass,
      faults: new InjectedFaults(),
      crash: (why) => this.#fail(new Error(why)),
      tell: (event) => this.#tell(event),
    };
    this.#faults = {
      crash: this.#life.crash,
      hang: (ms) => lifeline.hang(ms),
      injected: this.#life.faults,
    };
    // Not before the handle has been made, which holds the means and hears the signals.
    queueMicrotask(() => void this.#run());
  }

  async call(request: ControlRequest): Promise<ControlAnswer> {
    // Cloned both ways, as between threads: what cannot travel there must not travel here.
    const asked = structuredClone(request);
    const { pass } = this.#lifeline;
    await pass(Promise.resolve());
    const answering = answerControl(this.#actor, this.#faults, asked);
    // The answer to these two goes out before they begin.
    const isLast = asked.method === "crash" || asked.method === "hang";
    return structuredClone(await (isLast ? answering : pass(answering)));
  }

  receive(listener: DataListener): void {
    new MailboxReceiver<unknown>(this.#data[0], {
      onBatch: listener,
      onError: (error) => {
        const { id: to, incarnation, runtime } = this.#spec;
        const why = `its taker threw: ${toPlainError(error).message}`;
        runtime.deadLetters.add({ to, incarnation, what: "data to the owner", why });
      },
    });
  }

  kill(): void {
    this.#lifeline.end();
  }

  abandon(): void {
    this.#lifeline.cut();
  }

  release(): void {
    for (const port of this.#data) port.close();
  }

  async #run(): Promise<void> {
    if (this.#lifeline.isCut) return;
    try {
      await this.#work();
      this.#signal({ kind: "ran", error: null });
    } catch (error) {
      this.#signal({ kind: "ran", error: toPlainError(error) });
    }
    this.#lifeline.end();
  }

  async #work(): Promise<void> {
    const { id, role, incarnation, create, options } = this.#spec;
    const { pass } = this.#lifeline;
    const factory = create(this.#life);
    this.#actor = await pass(factory({
      id,
      role,
      incarnation,
      options: structuredClone(options),
      tell: this.#life.tell,
      channel: mortalSender(this.#channel, pass),
      faults: this.#life.faults,
    }));
    this.#signal({ kind: "ready" });
    await pass(this.#actor.run());
    await this.#drain();
  }

  async #drain(): Promise<void> {
    const { clock, pass } = this.#lifeline;
    const drained = pass(this.#channel.drained());
    if (await resolvesWithin(clock, DATA_DRAIN_MS, drained)) return;
    const text = `${this.#channel.counts.underWay} items of data were not taken by the owner`;
    this.#tell({ kind: "note", text });
  }

  #tell(event: RuntimeEventBody): void {
    if (!this.#lifeline.isCut) this.#signal({ kind: "tell", event });
  }

  #fail(thrown: unknown): void {
    if (this.#lifeline.isCut) return;
    // First its last words, which its end would otherwise be waited for.
    this.#signal({ kind: "failed", error: toPlainError(thrown) });
    this.#lifeline.cut();
  }

  #ended(): void {
    this.#channel.close();
    this.#signal({ kind: "gone" });
  }
}

function mortalSender(channel: DataSender, pass: LocalLife["gate"]): DataSender {
  return {
    send: (item) => pass(channel.send(item)),
    trySend: (item) => channel.trySend(item),
  };
}
