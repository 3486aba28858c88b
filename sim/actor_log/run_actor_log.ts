/**
 * The actor log over a run's log, index and folds.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { Role } from "../../actors/topology.ts";
import type { EventLog, LogRecord, TopicPartition } from "../../kafka/event_log.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import type { ActorLog, Cause, RunFacts, Search } from "./actor_log.ts";
import { actorsOf, folderOf } from "./actors_of.ts";
import { causeOf } from "./cause_of.ts";
import { partitionsFor, passes } from "./entry_filter.ts";
import type { IndexedOrder, IndexEntry, RunIndex } from "./index/run_index.ts";
import { commandOf, type IntentLookup } from "./intents_and_commands.ts";
import { OutputFinder } from "./output_finder.ts";
import { placeOutputs } from "./outputs_in_log.ts";
import { formatPartition, formatPlace, isSamePlace, type RecordPlace } from "./record_place.ts";
import { rawSieve } from "./raw_sieve.ts";
import { readRecordOf, type RecordReader } from "./record_reader.ts";
import type { StepFolder } from "./states/step_folder.ts";
import { isSource, StepOwners } from "./step_owners.ts";
import type { Entry, Finding, ReadRecord, SentMessage, Step } from "./step.ts";
import { subjectOf } from "./subject.ts";
import { foldSupervision, type SupervisionTree } from "./views/supervision.ts";

/** Differences kept. A run whose folds differ from its log differs nearly everywhere. */
export const MAX_FINDINGS = 1_000;

/** A search tells how far it is after so many entries, and looks whether it is wanted any more. */
const ENTRIES_BETWEEN_LOOKS = 1_000;

/** Runtime events that say who was up and who had which partitions: few, however long the run. */
const LIFE_EVENTS: readonly RuntimeEvent["kind"][] = [
  "starting",
  "ready",
  "assigned",
  "revoked",
  "failure",
  "down",
  "restart",
  "give-up",
  "zombie",
  "zombie-ended",
  "stopping",
];

type RecordEntry = Entry & { readonly kind: "record" };

/** What an actor log is put together from; all of it is the log's from then on. */
export interface ActorLogParts {
  readonly run: RunFacts;
  readonly log: EventLog;
  readonly index: RunIndex;
  readonly folder: StepFolder;
  readonly records: RecordReader;
  /** Ends of all partitions, by `topic/partition`. */
  readonly ends: ReadonlyMap<string, number>;
  /** Lets others have the run. */
  readonly lock: Disposable;
}

/** Random access to a run that nobody plays any more. */
export class RunActorLog implements ActorLog {
  readonly run: RunFacts;
  readonly index: RunIndex;
  readonly #parts: ActorLogParts;
  readonly #findings: Finding[] = [];
  readonly #found = new Set<string>();
  readonly #outputs: OutputFinder;
  readonly #owners: StepOwners;
  /** The record read last by its rank: whoever lists a run asks for its steps next. */
  #latest: Pick<RecordEntry, "rank" | "record"> | null = null;

  constructor(parts: ActorLogParts) {
    this.run = parts.run;
    this.index = parts.index;
    this.#parts = parts;
    const { index, records } = parts;
    this.#owners = new StepOwners(index, (place) => this.#rankOf(place));
    this.#outputs = new OutputFinder({ index, records, endOf: (place) => this.#endOf(place) });
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  async entry(rank: number): Promise<Entry> {
    return await this.#read(this.index.entryAt(rank));
  }

  async record(place: RecordPlace): Promise<ReadRecord> {
    const latest = this.#latest?.record;
    if (latest !== undefined && isSamePlace(latest.place, place)) return latest;
    const end = this.#endOf(place);
    if (place.offset < 0 || place.offset >= end) {
      throw new RangeError(
        `Cannot read ${formatPlace(place)}: ` +
          (this.#parts.ends.has(formatPartition(place))
            ? `the partition's records are 0 to ${end - 1}`
            : `the run has no partition ${formatPartition(place)}`),
      );
    }
    return readRecordOf(await this.#parts.records.read(place), place);
  }

  async step(place: RecordPlace, actor: Role): Promise<Step> {
    const record = await this.record(place);
    if (!actorsOf(record).includes(actor)) {
      throw new RangeError(`Cannot step through ${formatPlace(place)}: it is no step of ${actor}`);
    }
    const owner = this.#owners.of(actor, record);
    if (actor === folderOf(place.topic)) return await this.#foldedStep({ record, owner }, actor);
    const sourced = isSource(actor);
    return {
      actor,
      owner,
      record,
      outcome: sourced ? "wrote" : actor === "notifier" ? "delivered" : "recorded",
      before: null,
      after: null,
      sent: sourced ? await this.#commandOfStep(record) : [],
      findings: [],
    };
  }

  async cause(place: RecordPlace): Promise<Cause> {
    return await causeOf(await this.record(place), {
      intents: this.#intents,
      sentBy: async (origin, actor) =>
        origin.offset >= this.#endOf(origin) ? [] : (await this.step(origin, actor)).sent,
      keep: (finding) => this.#keep(finding),
    });
  }

  async effects(place: RecordPlace): Promise<readonly RecordPlace[]> {
    const actor = folderOf(place.topic);
    if (actor !== null) {
      const { sent } = await this.step(place, actor);
      return sent.flatMap(({ place }) => place === null ? [] : [place]);
    }
    if (place.topic !== "intents") return [];
    const command = await commandOf(this.#intents, await this.record(place));
    return command === null ? [] : [command.place];
  }

  async find(search: Search): Promise<Entry | null> {
    for await (const entry of this.entries(search)) return entry;
    return null;
  }

  async *entries(search: Search): AsyncGenerator<Entry> {
    const { from, direction, filter, signal, onProgress } = search;
    const partitions = partitionsFor(filter, this.run.parameters.partitions);
    const mayPass = rawSieve(filter);
    let looked = 0;
    for (
      const found of this.index.entries({
        from,
        direction,
        ...(partitions === null ? {} : { partitions }),
      })
    ) {
      if (++looked % ENTRIES_BETWEEN_LOOKS === 0) {
        onProgress?.(found.rank);
        // Lets a key be heard that ends the search; a timer would wait milliseconds for nothing.
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
      if (signal?.aborted === true) return;
      if (found.kind === "event") {
        if (passes(found, filter)) yield found;
        continue;
      }
      const record = await this.#parts.records.read(found.place);
      if (!mayPass(record)) continue;
      const entry = this.#entryOf(found, record);
      if (passes(entry, filter, (role, { record }) => this.#owners.of(role, record))) yield entry;
    }
  }

  async lifeOf({ userId, orderId }: Pick<IndexedOrder, "userId" | "orderId">): Promise<
    readonly ReadRecord[]
  > {
    const life: ReadRecord[] = [];
    for (const rank of this.index.about(joinedId([userId, orderId]))) {
      const entry = await this.entry(rank);
      if (entry.kind !== "record") continue;
      const about = subjectOf(entry.record);
      const { message } = entry.record;
      const names = about.userId === userId && about.orderId === orderId;
      // Settlements, trades and quotes name no order, but carry whose order they belong to.
      if (names || message?.correlationId === joinedId([userId, orderId])) life.push(entry.record);
    }
    return life;
  }

  supervisionAt(rank: number): SupervisionTree {
    return foldSupervision(this.#lifeUpTo(rank));
  }

  eventsAround(rank: number, limit: number): readonly RuntimeEvent[] {
    const entry = this.index.entryAt(rank);
    const around: RuntimeEvent[] = [];
    for (const direction of ["backward", "forward"] as const) {
      const from = direction === "backward" ? rank - 1 : rank + 1;
      const near: RuntimeEvent[] = [];
      for (const next of this.index.entries({ from, direction })) {
        if (next.kind !== "event" || near.length >= limit) break;
        near.push(next.event);
      }
      if (direction === "backward") around.push(...near.reverse());
      else {
        if (entry.kind === "event") around.push(entry.event);
        around.push(...near);
      }
    }
    return around;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { folder, records, index, log, lock } = this.#parts;
    try {
      await folder[Symbol.asyncDispose]();
      records[Symbol.dispose]();
      index[Symbol.dispose]();
      await log.close();
    } finally {
      lock[Symbol.dispose]();
    }
  }

  get #intents(): IntentLookup {
    const { index, records } = this.#parts;
    return {
      index,
      records,
      rankOf: (place) => this.#rankOf(place),
      intentPartitions: this.run.parameters.partitions["intents"] ?? 0,
    };
  }

  #endOf(place: TopicPartition): number {
    return this.#parts.ends.get(formatPartition(place)) ?? 0;
  }

  async #read(entry: IndexEntry): Promise<Entry> {
    if (entry.kind === "event") return entry;
    return this.#entryOf(entry, await this.#parts.records.read(entry.place));
  }

  #entryOf({ rank, place }: IndexEntry & { kind: "record" }, found: LogRecord): RecordEntry {
    const record = readRecordOf(found, place);
    const entry = { kind: "record", rank, record, actors: actorsOf(record) } as const;
    this.#latest = entry;
    return entry;
  }

  async #foldedStep(
    { record, owner }: Pick<Step, "record" | "owner">,
    actor: NonNullable<ReturnType<typeof folderOf>>,
  ): Promise<Step> {
    const { place } = record;
    const { outputs, ...folded } = await this.#parts.folder.step(actor, place);
    const { sent, findings } = await placeOutputs(this.#outputs, outputs, { actor, place });
    for (const finding of findings) this.#keep(finding);
    return { actor, owner, record, ...folded, sent, findings };
  }

  #keep(finding: Finding): void {
    if (this.#found.has(finding.what) || this.#findings.length >= MAX_FINDINGS) return;
    this.#found.add(finding.what);
    this.#findings.push(finding);
  }

  async #commandOfStep(record: ReadRecord): Promise<readonly SentMessage[]> {
    if (record.message?.type !== "intent") return [];
    const command = await commandOf(this.#intents, record);
    if (command === null || command.message === null) return [];
    const { place, key, message } = command;
    const { topic, partition } = place;
    return [{ index: 0, topic, partition, key, message, place }];
  }

  #rankOf(place: RecordPlace): number | null {
    const latest = this.#latest;
    return latest !== null && isSamePlace(latest.record.place, place)
      ? latest.rank
      : this.index.rankOf(place);
  }

  *#lifeUpTo(rank: number): Generator<RuntimeEvent> {
    const events = this.index.events({ from: 0, direction: "forward", kinds: LIFE_EVENTS });
    for (const { rank: at, event } of events) {
      if (at > rank) return;
      yield event;
    }
  }
}
