/**
 * Polling a log with faults, of a group or without one: what is out of reach is not delivered, and who
 * polls notices nothing but that nothing comes.
 *
 * @module
 */

import type {
  FetchedBatch,
  GroupPoll,
  LogRecord,
  PollOptions,
  TopicPartitionOffset,
} from "../event_log.ts";
import type { FaultyCalls } from "./faulty_calls.ts";

/** While records are withheld, a poll looks again whether the rest has any, so often. */
const WITHHELD_LOOK_MS = 20;

/** What is polled. */
export interface FetchSource {
  poll(options: PollOptions): Promise<GroupPoll>;
  seek(position: TopicPartitionOffset): void;
}

/** What a poll gives when its time is up. */
const NOTHING: GroupPoll = { kind: "records", batches: [] };

/** Polls, waiting out what is unreachable, at most as long as the caller waits. */
export async function pollWithFaults(
  calls: FaultyCalls,
  source: FetchSource,
  options: PollOptions,
): Promise<GroupPoll> {
  const { signal } = options;
  const deadline = calls.now() + options.timeoutMs;
  for (let { timeoutMs } = options;; timeoutMs = Math.max(0, deadline - calls.now())) {
    await calls.untilReachable({ deadline, signal });
    if (calls.outage() !== null) return NOTHING;
    const { polled, interrupted } = await pollUntilChange(calls, source, { ...options, timeoutMs });
    if (polled.kind === "assignment") return polled;
    const batches = withhold(calls, source, polled.batches);
    if (batches.length > 0) return { kind: "records", batches };
    const withheld = polled.batches.length > 0;
    const leftMs = deadline - calls.now();
    if (!withheld && !interrupted || leftMs <= 0 || signal?.aborted === true) return NOTHING;
    if (withheld) await calls.wait({ ms: Math.min(leftMs, WITHHELD_LOOK_MS), signal });
  }
}

/** A poll that waits in the log would not notice that a fault began. */
async function pollUntilChange(calls: FaultyCalls, source: FetchSource, options: PollOptions) {
  const { signal } = options;
  if (options.timeoutMs <= 0 || signal?.aborted === true) {
    return { polled: await source.poll(options), interrupted: false };
  }
  const ending = new AbortController();
  let interrupted = false;
  const end = () => ending.abort();
  const unlisten = calls.faults.onChange(() => {
    interrupted = true;
    end();
  });
  signal?.addEventListener("abort", end);
  try {
    return { polled: await source.poll({ ...options, signal: ending.signal }), interrupted };
  } finally {
    unlisten();
    signal?.removeEventListener("abort", end);
  }
}

/** Leaves out the batches of places out of reach, which are read again later. */
function withhold(
  calls: FaultyCalls,
  source: FetchSource,
  batches: readonly FetchedBatch[],
): readonly FetchedBatch[] {
  if (calls.faults.isEmpty) return batches;
  return batches.filter((batch) => {
    const [met] = calls.faults.holding("unavailable", [batch]);
    if (met === undefined) return true;
    calls.faults.fire(met);
    source.seek({ ...placeOf(batch), offset: firstOf(batch).offset });
    return false;
  });
}

function placeOf({ topic, partition }: FetchedBatch) {
  return { topic, partition };
}

function firstOf({ records }: FetchedBatch): LogRecord {
  return records[0]!; // A fetched batch is never empty.
}
