/**
 * Hosts an actor in the caller's thread: the same handle, the same mailboxes, no worker. For the
 * single-thread host, in real or in virtual time.
 *
 * A thread of its own is what such an actor lacks, so three things are weaker: it cannot be ended from
 * outside (it is asked to stop, and is a zombie until its run settles), a hang is a host that does not
 * answer while the actor works on, and it has its caller's permissions.
 *
 * @module
 */

import type { Actor, ActorFactory } from "./actor.ts";
import type { ActorHandle, DataListener, HandleLimits } from "./actor_handle.ts";
import { answerControl, type ControlAnswer, type ControlRequest, type Faults } from "./control.ts";
import { deferred, resolvesWithin } from "./deferred.ts";
import {
  type HandleIdentity,
  HostedHandle,
  type HostMeans,
  type HostSignal,
} from "./hosted_handle.ts";
import { MailboxReceiver, MailboxSender } from "./mailbox.ts";
import { toPlainError } from "./plain_error.ts";
import { createPortPair } from "./port_pair.ts";
import { DATA_DRAIN_MS } from "./worker_protocol.ts";

/** What an actor in the caller's thread is started with. */
export interface LocalSpec<Options> extends HandleIdentity {
  readonly factory: ActorFactory<Options>;
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
  readonly #crashed = deferred<never>();
  #actor: Actor | null = null;
  #killed = false;
  readonly #hanging = new AbortController();
  #answersAgain: Promise<void> | null = null;

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
      onUnclonable: (error) => this.#crashed.reject(error),
    });
    // Not before the handle has been made, which holds the means and hears the signals.
    queueMicrotask(() => void this.#run());
  }

  async call(request: ControlRequest): Promise<ControlAnswer> {
    await this.#answersAgain;
    // Cloned both ways, as between threads: what cannot travel there must not travel here.
    const asked = structuredClone(request);
    return structuredClone(await answerControl(this.#actor, this.#faults, asked));
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
    this.#killed = true;
    this.#hanging.abort();
    this.#channel.close();
    try {
      this.#actor?.stop();
    } catch (error) {
      // It is given up already; that it cannot even be asked is for whoever reads the log.
      this.#spec.runtime.warn(
        `Cannot stop "${this.#spec.id}" for good: ${toPlainError(error).message}`,
      );
    }
  }

  release(): void {
    for (const port of this.#data) port.close();
  }

  async #run(): Promise<void> {
    if (this.#killed) return this.#signal({ kind: "gone" });
    try {
      await this.#work();
      this.#signal({ kind: "ran", error: null });
    } catch (error) {
      this.#signal({ kind: "ran", error: toPlainError(error) });
    }
  }

  async #work(): Promise<void> {
    const { id, role, incarnation } = this.#spec;
    const work = this.#spec.factory({
      id,
      role,
      incarnation,
      options: structuredClone(this.#spec.options),
      tell: (event) => {
        if (!this.#killed) this.#signal({ kind: "tell", event });
      },
      channel: this.#channel,
    }).then(async (actor) => {
      this.#actor = actor;
      if (this.#killed) return;
      this.#signal({ kind: "ready" });
      await actor.run();
      if (!this.#killed) await this.#drain();
    });
    const gone = () => this.#signal({ kind: "gone" });
    // A crash on demand ends the run for its handle; the actor itself is gone when its run settles.
    void work.then(gone, gone);
    await Promise.race([work, this.#crashed.promise]);
  }

  async #drain(): Promise<void> {
    const { clock } = this.#spec.runtime;
    if (await resolvesWithin(clock, DATA_DRAIN_MS, this.#channel.drained())) return;
    const text = `${this.#channel.counts.underWay} items of data were not taken by the owner`;
    this.#signal({ kind: "tell", event: { kind: "note", text } });
  }

  readonly #faults: Faults = {
    crash: (message) => this.#crashed.reject(new Error(message)),
    hang: (ms) => {
      const { clock } = this.#spec.runtime;
      this.#answersAgain = clock.sleep(ms, this.#hanging.signal);
    },
  };
}
