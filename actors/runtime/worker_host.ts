/**
 * The worker's side: hosts one actor in a Web Worker. A role's entry module is two lines:
 *
 * ```ts ignore
 * import { hostActor } from "./runtime/worker_host.ts";
 * hostActor(createActor);
 * ```
 *
 * @module
 */

import * as Comlink from "comlink";
import type { Actor, ActorFactory } from "./actor.ts";
import { systemClock } from "./clock.ts";
import { answerControl, type ControlRequest, type Faults } from "./control.ts";
import { resolvesWithin } from "./deferred.ts";
import { InjectedFaults } from "./injected_faults.ts";
import { MailboxFull, MailboxSender } from "./mailbox.ts";
import { toPlainError } from "./plain_error.ts";
import type { RuntimeEventBody } from "./runtime_events.ts";
import { holdForLife } from "./web_locks.ts";
import {
  DATA_DRAIN_MS,
  type Notice,
  NOTICE_CAPACITY,
  type StartMessage,
  type WorkerMessage,
} from "./worker_protocol.ts";

/** The part of a worker's global scope used here; the type library for both threads lacks it. */
interface WorkerScope {
  readonly name: string;
  postMessage(message: WorkerMessage): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(
    type: "unhandledrejection",
    listener: (event: PromiseRejectionEvent) => void,
  ): void;
  close(): void;
}

/**
 * Makes this worker the host of the actor that `factory` makes, when the main thread says so.
 *
 * @throws when called outside a worker that was started by `spawnWorker`
 */
export function hostActor<Options>(factory: ActorFactory<Options>): void {
  const scope = workerScope();
  const host = new WorkerHost<Options>(scope, factory);
  scope.addEventListener("message", (event) => host.start(event));
  // A throw anywhere ends the worker, with its error told first: the event that the main thread gets
  // by itself has only a text, and prints.
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    host.fail(event.error ?? event.message);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    host.fail(event.reason);
  });
  // The lock is held before anyone can wait for it, so whoever is granted it knows this thread ended.
  void holdForLife(scope.name).then(() => scope.postMessage({ kind: "hosting" }));
}

function workerScope(): WorkerScope {
  const name: unknown = Reflect.get(globalThis, "name");
  if (typeof name !== "string" || !name.startsWith("actor:")) {
    throw new Error("Cannot host an actor: this is not a worker started by spawnWorker");
  }
  return globalThis as unknown as WorkerScope; // A worker's scope, as just seen by its name.
}

class WorkerHost<Options> {
  readonly #scope: WorkerScope;
  readonly #factory: ActorFactory<Options>;
  #actor: Actor | null = null;
  #notices: MailboxSender<Notice> | null = null;
  #lostEvents = 0;

  constructor(scope: WorkerScope, factory: ActorFactory<Options>) {
    this.#scope = scope;
    this.#factory = factory;
  }

  start(event: MessageEvent): void {
    const message = event.data as StartMessage; // Nobody but spawnWorker holds the other end.
    const [control, notices, data] = event.ports;
    if (message.kind !== "start" || !control || !notices || !data || this.#notices !== null) {
      return this.fail(
        new Error("Cannot start the actor: the start message is not what it must be"),
      );
    }
    this.#notices = new MailboxSender<Notice>(notices, { capacity: NOTICE_CAPACITY });
    const channel = new MailboxSender<unknown>(data, { capacity: message.dataCapacity });
    Comlink.expose(
      (request: ControlRequest) => answerControl(this.#actor, this.#faults, request),
      control,
    );
    void this.#run(this.#notices, channel, message);
  }

  /** Says what went wrong, and ends this worker. */
  fail(thrown: unknown): void {
    const error = toPlainError(thrown);
    if (!this.#noticed({ kind: "ran", error })) this.#scope.postMessage({ kind: "failed", error });
    this.#scope.close();
  }

  /** Sends a notice behind all that was told before, unless nobody could take it. */
  #noticed(notice: Notice): boolean {
    try {
      this.#notices?.trySend(notice);
      this.#notices?.flush();
      return this.#notices !== null;
    } catch (error) {
      if (error instanceof MailboxFull) return false;
      throw error;
    }
  }

  async #run(
    notices: MailboxSender<Notice>,
    channel: MailboxSender<unknown>,
    message: StartMessage,
  ): Promise<void> {
    try {
      const { id, role, incarnation } = message;
      this.#actor = await this.#factory({
        id,
        role,
        incarnation,
        options: message.options as Options, // Given to spawnWorker with the same type.
        tell: (event) => this.#tell(event),
        channel,
        faults: this.#faults.injected,
      });
      await notices.send({ kind: "ready" });
      await this.#actor.run();
      if (!await resolvesWithin(systemClock, DATA_DRAIN_MS, channel.drained())) {
        const text = `${channel.counts.underWay} items of data were not taken by the owner`;
        this.#tell({ kind: "note", text });
      }
      await notices.send({ kind: "ran", error: null });
    } catch (error) {
      await notices.send({ kind: "ran", error: toPlainError(error) });
    }
  }

  #tell(event: RuntimeEventBody): void {
    const notices = this.#notices;
    if (notices === null) return;
    try {
      if (this.#lostEvents > 0) {
        const text = `${this.#lostEvents} runtime events were lost: nobody took them in time`;
        notices.trySend({ kind: "tell", event: { kind: "note", text } });
        this.#lostEvents = 0;
      }
      notices.trySend({ kind: "tell", event });
    } catch (error) {
      if (!(error instanceof MailboxFull)) throw error;
      this.#lostEvents++;
    }
  }

  readonly #faults: Faults = {
    injected: new InjectedFaults(),
    crash(message) {
      setTimeout(() => {
        throw new Error(message);
      });
    },
    hang(ms) {
      setTimeout(() => {
        const until = performance.now() + ms;
        while (performance.now() < until);
      });
    },
  };
}
