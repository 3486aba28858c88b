/**
 * What is next in one lane, as columns of numbers: what the order is made by, read ahead a batch at a
 * time.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { CommandColumns } from "./command_columns.ts";
import type { LaneTopic } from "./lanes.ts";
import type { RecordClaims } from "./record_claims.ts";

/** How entries come one after another at equal times. */
export const ENTRY_KIND = { follows: 0, begins: 1, event: 2 } as const;

/** An event with its line. */
export interface EventLine {
  readonly event: RuntimeEvent;
  readonly json: string;
}

/** Entries of one lane that wait to be taken. */
export class LaneColumns {
  /** Where the next one is, and how many there are. */
  at = 0;
  count = 0;
  /** The largest stamp of the lane so far. */
  times = new Float64Array(0);
  kinds = new Uint8Array(0);
  offsets = new Float64Array(0);
  /** The lane that must first have got as far as {@link waitOffsets}; -1 for none. */
  waitLanes = new Int32Array(0);
  /** Offsets behind the record that is waited for. */
  waitOffsets = new Float64Array(0);
  channels = new Int32Array(0);
  sequences = new Float64Array(0);
  fingerprints = new Int32Array(0);
  /** Of lanes of intents and commands only. */
  commands: CommandColumns | null = null;
  /** Of the lane of events only. */
  events: EventLine[] = [];
  #time = 0;

  /** Takes the next records of a lane; what was there has been taken. */
  fill(records: readonly LogRecord[], topic: LaneTopic, claims: RecordClaims, lane: number): void {
    this.#makeRoom(records.length);
    const named = topic === "intents" || topic === "order-commands";
    const commands = named ? this.commands ??= new CommandColumns() : null;
    commands?.begin(records.length);
    let time = this.#time;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      claims.read(record, topic);
      const { offset, timestamp } = record;
      this.offsets[i] = offset;
      if (timestamp > time) time = timestamp;
      this.times[i] = time;
      this.fingerprints[i] = claims.fingerprint;
      this.channels[i] = claims.channel;
      this.sequences[i] = claims.sequence;
      const { originLane, originOffset } = claims;
      this.kinds[i] = originLane < 0 ? ENTRY_KIND.begins : ENTRY_KIND.follows;
      // One that claims to follow from a later record of its own lane would wait for itself.
      this.waitLanes[i] = originLane === lane && originOffset >= offset ? -1 : originLane;
      this.waitOffsets[i] = originOffset + 1;
      commands?.push(claims);
    }
    this.#time = time;
  }

  /** Takes the next events. `waits` says which records come before each. */
  fillEvents(
    lines: readonly EventLine[],
    waits: (event: RuntimeEvent) => { readonly lane: number; readonly offset: number } | null,
  ): void {
    this.#makeRoom(lines.length);
    this.events = [...lines];
    lines.forEach(({ event }, i) => {
      const wait = waits(event);
      this.#time = Math.max(this.#time, event.at);
      this.times[i] = this.#time;
      this.kinds[i] = ENTRY_KIND.event;
      this.waitLanes[i] = wait?.lane ?? -1;
      this.waitOffsets[i] = wait?.offset ?? 0;
    });
  }

  #makeRoom(count: number): void {
    this.at = 0;
    this.count = count;
    if (this.times.length >= count) return;
    this.times = new Float64Array(count);
    this.kinds = new Uint8Array(count);
    this.offsets = new Float64Array(count);
    this.waitLanes = new Int32Array(count);
    this.waitOffsets = new Float64Array(count);
    this.channels = new Int32Array(count);
    this.sequences = new Float64Array(count);
    this.fingerprints = new Int32Array(count);
  }
}
