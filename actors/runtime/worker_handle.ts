/**
 * The main thread's side: starts an actor in a Web Worker of its own.
 *
 * @module
 */

import * as Comlink from "comlink";
import type { ActorHandle, DataListener, HandleLimits } from "./actor_handle.ts";
import type { ControlAnswer, ControlRequest } from "./control.ts";
import type { HandleIdentity, HostMeans, HostSignal } from "./host_means.ts";
import { HostedHandle } from "./hosted_handle.ts";
import { MailboxReceiver } from "./mailbox.ts";
import { toPlainError } from "./plain_error.ts";
import { actorLockName, waitForEnd } from "./web_locks.ts";
import type { Notice, StartMessage, WorkerMessage } from "./worker_protocol.ts";

/** What a worker is started with. */
export interface WorkerSpec<Options> extends HandleIdentity {
  /** The entry module, which calls `hostActor`. */
  readonly module: URL;
  /** Structured-clonable. */
  readonly options: Options;
  /** All that the worker may do; what is not listed is denied. */
  readonly permissions: Deno.PermissionOptionsObject | "none";
}

/**
 * Starts an actor in a worker. Never throws for what the worker does or is denied: that is told by the
 * handle's `down`.
 */
export function spawnWorker<Options>(spec: WorkerSpec<Options>): ActorHandle {
  return new HostedHandle(spec, (signal, limits) => new WorkerMeans(spec, signal, limits));
}

type Control = (request: ControlRequest) => Promise<ControlAnswer>;

class WorkerMeans implements HostMeans {
  readonly #spec: WorkerSpec<unknown>;
  readonly #limits: HandleLimits;
  readonly #signal: (signal: HostSignal) => void;
  readonly #lock: string;
  readonly #control = new MessageChannel();
  readonly #notices = new MessageChannel();
  readonly #data = new MessageChannel();
  // Exactly one, for as long as the incarnation: a collected proxy would cut the worker off.
  readonly #proxy: Comlink.Remote<Control>;
  #worker: Worker | null = null;
  #watching = false;

  constructor(
    spec: WorkerSpec<unknown>,
    signal: (signal: HostSignal) => void,
    limits: HandleLimits,
  ) {
    this.#spec = spec;
    this.#limits = limits;
    this.#signal = signal;
    this.#lock = actorLockName(spec.runtime.runId, spec.id, spec.incarnation);
    this.#proxy = Comlink.wrap<Control>(this.#control.port1);
    new MailboxReceiver<Notice>(this.#notices.port1, {
      onBatch: (notices) => notices.forEach((notice) => this.#noticed(notice)),
      onError: (error) => this.#signal({ kind: "failed", error: toPlainError(error) }),
    });
    // Not before the handle has been made, which holds the means and hears the signals.
    queueMicrotask(() => this.#open());
  }

  async call(request: ControlRequest): Promise<ControlAnswer> {
    return await this.#proxy(request);
  }

  receive(listener: DataListener): void {
    new MailboxReceiver<unknown>(this.#data.port1, {
      onBatch: listener,
      onError: (error) => {
        const { id: to, incarnation, runtime } = this.#spec;
        const why = `its taker threw: ${toPlainError(error).message}`;
        runtime.deadLetters.add({ to, incarnation, what: "data to the owner", why });
      },
    });
  }

  kill(): void {
    this.#worker?.terminate();
    // Before its first word the worker held no lock that anyone waited for. Whoever is granted it
    // now knows that the thread is gone, or that it never came so far as to run an actor.
    this.#watch();
  }

  abandon(): void {
    this.kill();
  }

  release(): void {
    for (const channel of [this.#control, this.#notices, this.#data]) {
      channel.port1.close();
      channel.port2.close();
    }
  }

  #open(): void {
    if (this.#watching) return; // Killed before it was born.
    try {
      this.#worker = new Worker(this.#spec.module.href, {
        type: "module",
        name: this.#lock,
        deno: { permissions: this.#spec.permissions },
      });
    } catch (error) {
      // For one, asking for more than this thread may do itself.
      return this.#signal({ kind: "failed", error: toPlainError(error) });
    }
    this.#worker.addEventListener("message", (event) => this.#heard(event.data));
    this.#worker.addEventListener("messageerror", () => {
      this.#failed("it sent what cannot be read");
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault(); // Or the whole process would end.
      this.#failed(event.message);
    });
  }

  #heard(message: WorkerMessage): void {
    if (message.kind === "failed") return this.#signal(message);
    if (this.#watching) return; // Killed in the meantime.
    this.#watch();
    const { id, role, incarnation, options } = this.#spec;
    const { dataCapacity } = this.#limits;
    const start: StartMessage = { kind: "start", id, role, incarnation, options, dataCapacity };
    try {
      this.#worker?.postMessage(start, [
        this.#control.port2,
        this.#notices.port2,
        this.#data.port2,
      ]);
    } catch (error) {
      this.#signal({ kind: "failed", error: toPlainError(error) }); // Options that cannot be cloned.
    }
  }

  #noticed(notice: Notice): void {
    this.#signal(notice);
  }

  #failed(message: string): void {
    const error = { name: "Error", message, code: null, stack: null, retriable: false };
    this.#signal({ kind: "failed", error });
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    void waitForEnd(this.#lock).then(() => this.#signal({ kind: "gone" }));
  }
}
