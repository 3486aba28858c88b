/**
 * What a host runs and a supervisor supervises. The same actor runs in a Web Worker or in the
 * caller's thread: it does not know its host.
 *
 * @module
 */

import type { InjectedFaults } from "./injected_faults.ts";
import type { RuntimeEventBody } from "./runtime_events.ts";

/** How a host starts an actor. Plain data, except for what the host itself provides. */
export interface ActorStart<Options> {
  /** Lasting name, such as `trading-engine-0`. */
  readonly id: string;
  /** What it does: the name of its kind. */
  readonly role: string;
  /** 1 for the first start; grows with every restart. */
  readonly incarnation: number;
  /** The role's own settings; structured-clonable. */
  readonly options: Options;
  /** Tells the runtime event stream; id, incarnation and time are added by the host. */
  readonly tell: (event: RuntimeEventBody) => void;
  /**
   * Sends plain data to the actor's owner, bounded by credits: `send` waits for room, `trySend` throws
   * `MailboxFull` when there is none.
   */
  readonly channel: DataSender;
  /** What is to go wrong, begun and ended from outside; it has an effect where somebody takes it. */
  readonly faults: InjectedFaults;
}

/** The actor's side of its bounded mailbox to its owner. */
export interface DataSender {
  /** Sends when there is room. @throws {MailboxFull} when too many sends wait */
  send(item: unknown): Promise<void>;
  /** Sends now or not at all. @throws {MailboxFull} */
  trySend(item: unknown): void;
}

/** What an actor tells about itself when asked. Plain data. */
export interface ActorReport {
  /** `starting`, `running`, `suspended` or `stopping`. */
  readonly phase: "starting" | "running" | "suspended" | "stopping";
  /** Partitions it serves, as `topic/partition`. */
  readonly assignment: readonly string[];
  /** Named counters, such as `records`, `outputs`, `duplicates`. They start at 0 with every incarnation. */
  readonly counters: Readonly<Record<string, number>>;
}

/** How an actor is suspended. */
export interface SuspendOptions {
  /** Whether to wait until what was begun is done, and written down as done. Default false. */
  readonly settled?: boolean;
}

/** A record's place in the log. */
export interface StepPlace {
  /** Its topic's name. */
  readonly topic: string;
  /** Counted from 0. */
  readonly partition: number;
  /** Its place in the partition. */
  readonly offset: number;
}

/** What a single step did. Plain data. */
export interface ActorStep {
  /** The record that was worked off; null for an actor that makes messages of its own. */
  readonly read: StepPlace | null;
  /** What it wrote and was acknowledged: so many records each, the first one at the place. */
  readonly wrote: readonly (StepPlace & { readonly count: number })[];
}

/** An actor, as its host sees it. */
export interface Actor {
  /** Works until stopped. Resolves when drained; rejects with the failure that ended it. */
  run(): Promise<void>;
  /** Begins the drain: what is under way is finished and committed, then {@link run} resolves. */
  stop(): void;
  /**
   * Stops taking new work, at once; a promise resolves when it has settled, where that is asked for.
   * Until {@link resume}, {@link step} takes single steps.
   */
  suspend(options?: SuspendOptions): void | Promise<void>;
  /** Takes work up again. */
  resume(): void;
  /** While suspended: does the next piece of work (a record). Null: there was none. */
  step(): Promise<ActorStep | null>;
  /** What it does now; answered at once. */
  report(): ActorReport;
  /** A question that only this role knows. Plain data in and out. @throws when it knows no answer */
  ask(question: unknown): Promise<unknown>;
}

/** Makes an actor; its module is loaded by the host. */
export type ActorFactory<Options> = (start: ActorStart<Options>) => Promise<Actor>;
