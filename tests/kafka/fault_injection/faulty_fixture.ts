/**
 * A log with faults for tests: a memory log of one topic, under a clock that a test moves.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { EventLog, GroupMember, RecordBatch } from "../../../kafka/event_log.ts";
import { faultyLog } from "../../../kafka/fault_injection/faulty_log.ts";
import type { LogCall } from "../../../kafka/fault_injection/log_call.ts";
import { LogFaults } from "../../../kafka/fault_injection/log_faults.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { newTopic } from "../log_fixture.ts";

/** The log as it is, and as one actor with faults meets it. */
export class FaultyFixture implements AsyncDisposable {
  readonly clock = new FakeClock(1_000_000);
  readonly faults = new LogFaults();
  /** Faults by their first effect. */
  readonly fired: string[] = [];
  readonly crashes: string[] = [];
  readonly calls: LogCall[] = [];
  readonly inner: EventLog;
  readonly topic: string;
  readonly log: EventLog;

  private constructor(inner: EventLog, topic: string) {
    this.inner = inner;
    this.topic = topic;
    this.log = faultyLog(inner, {
      faults: this.faults,
      clock: this.clock,
      onFired: ({ id }) => this.fired.push(id),
      crash: (why) => this.crashes.push(why),
      observe: (call) => this.calls.push(call),
    });
  }

  static async open(options: { readonly partitions?: number } = {}): Promise<FaultyFixture> {
    const { partitions = 2 } = options;
    const holder: { clock?: FakeClock } = {};
    const inner = await openMemoryLog({
      clock: {
        now: () => holder.clock?.now() ?? 0,
        sleep: (ms, signal) => holder.clock!.sleep(ms, signal),
      },
    });
    const fixture = new FaultyFixture(inner, await newTopic(inner, { partitions }));
    holder.clock = fixture.clock;
    return fixture;
  }

  batch(texts: readonly string[], partition = 0): RecordBatch {
    const records = texts.map((value) => ({ key: null, value, timestamp: 5 }));
    return { topic: this.topic, partition, records };
  }

  /** What the log holds. */
  async stored(partition = 0): Promise<readonly (string | null)[]> {
    const reader = this.inner.openReader([{ topic: this.topic, partition, offset: 0 }]);
    const batches = await reader.poll({ timeoutMs: 0 });
    reader.close();
    return batches.flatMap(({ records }) => records.map(({ text }) => text));
  }

  /** A member that has been told its assignment: every partition. */
  async member(instanceId = "member-0"): Promise<GroupMember> {
    const member = await this.log.join({ group: "group", topics: [this.topic], instanceId });
    assert.equal((await member.poll({ timeoutMs: 0 })).kind, "assignment");
    return member;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.inner.close();
  }
}

/** The texts that a poll at once delivers. */
export async function polledTexts(member: GroupMember): Promise<readonly (string | null)[]> {
  const polled = await member.poll({ timeoutMs: 0 });
  assert.ok(polled.kind === "records");
  return polled.batches.flatMap(({ records }) => records.map(({ text }) => text));
}

/** Whether the promise has settled once all that can go on has. */
export async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  await settle();
  return settled;
}
