/**
 * A member of a group on a log with faults.
 *
 * @module
 */

import type {
  EventLog,
  FetchedBatch,
  GroupMember,
  GroupPoll,
  PollOptions,
  TopicPartition,
  TopicPartitionOffset,
} from "../event_log.ts";
import type { FaultyCalls } from "./faulty_calls.ts";
import { pollWithFaults } from "./faulty_fetches.ts";
import { touches } from "./log_faults.ts";
import { REFUSAL_MS, unavailable } from "./refusal.ts";

/** A {@link GroupMember} whose log may be out of reach, and deliver what it has delivered before. */
export class FaultyMember implements GroupMember {
  readonly group: string;
  readonly #member: GroupMember;
  readonly #log: Pick<EventLog, "describeTopics">;
  readonly #calls: FaultyCalls;
  /** Where each partition is read on, once it is known. */
  readonly #positions = new Map<string, TopicPartitionOffset>();
  /** What the next poll delivers once more. */
  #again: readonly FetchedBatch[] = [];

  constructor(
    member: GroupMember,
    parts: { readonly log: Pick<EventLog, "describeTopics">; readonly calls: FaultyCalls },
  ) {
    this.group = member.group;
    this.#member = member;
    this.#log = parts.log;
    this.#calls = parts.calls;
  }

  get memberId(): string {
    return this.#member.memberId;
  }

  get generation(): number {
    return this.#member.generation;
  }

  get assignment(): readonly TopicPartition[] {
    return this.#member.assignment;
  }

  poll(options: PollOptions): Promise<GroupPoll> {
    const { signal } = options;
    return this.#calls.run(
      { operation: "poll", places: this.assignment, signal },
      () => this.#poll(options),
    );
  }

  seek(position: TopicPartitionOffset): void {
    this.#member.seek(position);
    this.#positions.set(nameOf(position), position);
    // Delivered behind a seek they would stand before the records that it asks for.
    this.#again = this.#again.filter((batch) => nameOf(batch) !== nameOf(position));
  }

  committed(): Promise<readonly TopicPartitionOffset[]> {
    return this.#calls.settle(async () => {
      await this.#calls.delay("slow", { places: this.assignment });
      await this.#calls.untilReachable();
      return await this.#member.committed();
    });
  }

  commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    const places = offsets.map(({ topic, partition }) => ({ topic, partition }));
    return this.#calls.run({ operation: "commit", places }, async () => {
      const [met] = this.#calls.faults.holding("unavailable", places);
      if (met !== undefined) {
        this.#calls.faults.fire(met);
        await this.#calls.wait({ ms: REFUSAL_MS });
        throw unavailable(`commit offsets of group "${this.group}"`);
      }
      await this.#member.commit(offsets);
    });
  }

  heartbeat(): Promise<void> {
    return this.#calls.run({ operation: "heartbeat", places: this.assignment }, async () => {
      await this.#demandReach("send a heartbeat to");
      await this.#member.heartbeat();
    });
  }

  leave(): Promise<void> {
    return this.#calls.settle(async () => {
      await this.#demandReach("leave");
      await this.#member.leave();
    });
  }

  async #demandReach(action: string): Promise<void> {
    const met = this.#calls.outage();
    if (met === null) return;
    this.#calls.faults.fire(met);
    await this.#calls.wait({ ms: REFUSAL_MS });
    throw unavailable(`${action} group "${this.group}"`);
  }

  async #poll(options: PollOptions): Promise<GroupPoll> {
    if (!this.#calls.faults.isEmpty) await this.#goBack();
    if (this.#again.length > 0 && this.#calls.outage() === null) {
      const batches = this.#again;
      this.#again = [];
      return { kind: "records", batches };
    }
    const polled = await pollWithFaults(this.#calls, this.#member, options);
    if (polled.kind === "assignment") this.#forget(polled.revoked);
    else this.#note(polled.batches);
    return polled;
  }

  #forget(revoked: readonly TopicPartition[]): void {
    const names = new Set(revoked.map(nameOf));
    for (const name of names) this.#positions.delete(name);
    this.#again = this.#again.filter((batch) => !names.has(nameOf(batch)));
  }

  #note(batches: readonly FetchedBatch[]): void {
    for (const { topic, partition, nextOffset } of batches) {
      const position = { topic, partition, offset: nextOffset };
      this.#positions.set(nameOf(position), position);
    }
    if (batches.length === 0) return;
    const [met] = this.#calls.faults.holding("duplicate-delivery", batches);
    if (met === undefined) return;
    this.#calls.faults.fire(met);
    this.#again = batches.filter((batch) => touches(met.fault, [batch]));
  }

  /** Redelivery: what was read already is read once more, as far back as there are records. */
  async #goBack(): Promise<void> {
    for (const met of this.#calls.faults.holding("redelivery", this.assignment)) {
      const read = this.assignment.flatMap((place) => this.#positions.get(nameOf(place)) ?? [])
        .filter((place) => touches(met.fault, [place]));
      const starts = await this.#startsOf(read);
      let moved = false;
      for (const place of read) {
        const start = starts.get(nameOf(place)) ?? place.offset;
        const offset = Math.max(start, place.offset - met.fault.records);
        if (offset >= place.offset) continue;
        this.seek({ ...place, offset });
        moved = true;
      }
      if (moved) this.#calls.faults.fire(met);
    }
  }

  async #startsOf(places: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
    if (places.length === 0) return new Map();
    const topics = await this.#log.describeTopics([...new Set(places.map(({ topic }) => topic))]);
    return new Map(
      topics.flatMap(({ name: topic, offsets }) =>
        offsets.map(({ start }, partition) => [nameOf({ topic, partition }), start] as const)
      ),
    );
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
