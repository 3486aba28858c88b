/**
 * The actor log of a run: random access to every step of every actor. Business steps are folded again
 * from the run's log, by the folds that ran; runtime events are read.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { IndexedOrder, RunIndex } from "./index/run_index.ts";
import type { RecordPlace } from "./record_place.ts";
import type { Entry, Finding, ReadRecord, Step } from "./step.ts";
import type { SupervisionTree } from "./views/supervision.ts";

/** What a run was. */
export interface RunFacts {
  /** The run's id. */
  readonly runId: string;
  /** Its folder. */
  readonly directory: string;
  /** What was played; null for a floor that was started without a scenario. */
  readonly scenario: { readonly name: string; readonly seed: number } | null;
  /** Milliseconds since the epoch: the stamp of the floor's opening. Times are told from here on. */
  readonly startedAt: number;
  /** Whether it was played in virtual time. */
  readonly virtual: boolean;
  /** Where its log is. */
  readonly log: "embedded" | "kafka";
  /** Whether its script was played to the end; null where no script was. */
  readonly finished: boolean | null;
  /** What its floor was opened with. */
  readonly parameters: FloorParameters;
}

/** What brought a record about. */
export type Cause =
  /** The step whose fold gave it. */
  | { readonly kind: "step"; readonly actor: Role; readonly place: RecordPlace }
  /** The intent that a producer wrote before it sent the command. */
  | { readonly kind: "intent"; readonly place: RecordPlace }
  /** It begins something: a client's command without an intent, a price, an intent, the floor's opening. */
  | { readonly kind: "none"; readonly why: string };

/** What to look for from a place on. */
export interface Search {
  /** The first rank looked at. */
  readonly from: number;
  /** Which way. */
  readonly direction: "forward" | "backward";
  /** What the entry must be. */
  readonly filter: EntryFilter;
  /** Ends it early: null is found then. */
  readonly signal?: AbortSignal;
  /** Told now and then of the rank that was reached. */
  readonly onProgress?: (rank: number) => void;
}

/** What an entry must be to be shown. What is left out does not matter; all that is given must hold. */
export interface EntryFilter {
  /** A role, or an instance's id for runtime events and the steps that it did. */
  readonly actor?: string;
  /** Of whom it is. */
  readonly userId?: string;
  /** Of which ticker it is. */
  readonly symbol?: string;
  /** With {@link userId} where ids repeat. */
  readonly orderId?: string;
  /** A message's `type`, or a runtime event's `kind`. */
  readonly type?: string;
  /** Where the record is. */
  readonly topic?: RecordPlace["topic"];
  /** With a topic or without. */
  readonly partition?: number;
  /** Failures, restarts, give-ups, zombies, dead letters, poison and injected faults. */
  readonly failures?: boolean;
  /** Found in the record's text, its key, or the event as JSON; letters of either case are the same. */
  readonly text?: string;
}

/** Random access to a run. Not for use by two callers at a time. */
export interface ActorLog extends AsyncDisposable {
  /** What was played. */
  readonly run: RunFacts;
  /** The order of all that happened. */
  readonly index: RunIndex;
  /** What was found so far to be otherwise in the log than folded; at most a named limit. */
  readonly findings: readonly Finding[];
  /** What is at a place in the run's order. @throws {RangeError} when there is no such rank */
  entry(rank: number): Promise<Entry>;
  /** A record of the run. @throws {RangeError} when there is none there */
  record(place: RecordPlace): Promise<ReadRecord>;
  /** One record as one actor met it. @throws {RangeError} when it is no step of that actor */
  step(place: RecordPlace, actor: Role): Promise<Step>;
  /** What brought a record about. */
  cause(place: RecordPlace): Promise<Cause>;
  /**
   * The records that follow from one: of an intent its command, of a folded record the outputs of its
   * fold that are in the log, in the order of their index. Repeats are not among them.
   */
  effects(place: RecordPlace): Promise<readonly RecordPlace[]>;
  /** The next entry that passes the filter, or null. */
  find(search: Search): Promise<Entry | null>;
  /**
   * All entries that pass the filter, one after another; fewer when the signal ends it early. Whoever
   * reads on asks here: an entry by its rank is looked up anew each time.
   */
  entries(search: Search): AsyncIterable<Entry>;
  /** All records about an order, repeats included, in the run's order: without a search. */
  lifeOf(order: Pick<IndexedOrder, "userId" | "orderId">): Promise<readonly ReadRecord[]>;
  /** Actors and supervisors as they were just after an entry. */
  supervisionAt(rank: number): SupervisionTree;
  /** Runtime events of a step's actor next to it: as many as fit between its neighbours' steps. */
  eventsAround(rank: number, limit: number): readonly RuntimeEvent[];
}
