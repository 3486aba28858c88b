/**
 * Steps as NDJSON: one JSON object a line, in the run's order.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { entryJsonLines } from "../actor_log/entry_steps.ts";
import { jsonLine } from "../actor_log/json_line.ts";
import {
  type RecordJson,
  recordJson,
  STEP_JSON_VERSION,
  stepLine,
} from "../actor_log/step_json.ts";
import type { Entry } from "../actor_log/step.ts";
import { rolesTold } from "../explain/tell_step.ts";
import { inRunOrder, type Story } from "../explain/story.ts";
import { type ExportWatch, PROGRESS_ENTRIES } from "./run_records.ts";

/** A record that is a step of nobody but the audit logger: trades, quotes and dead letters. */
export interface RecordLineJson {
  readonly version: typeof STEP_JSON_VERSION;
  readonly kind: "record";
  readonly rank: number;
  readonly record: RecordJson;
}

/** Every step and runtime event of a run, a line each; also steps that cannot be folded, as `untold`. */
export async function* runNdjson(
  log: ActorLog,
  { signal, onProgress }: ExportWatch,
): AsyncGenerator<string> {
  const { length } = log.index;
  for await (const entry of log.entries({ from: 0, direction: "forward", filter: {}, signal })) {
    if (entry.rank % PROGRESS_ENTRIES === 0) onProgress(entry.rank, length);
    for (const line of await entryLines(log, entry)) yield `${line}\n`;
  }
  signal.throwIfAborted();
}

/** The steps of a story, a line each, without the runtime events between. */
export function* storyNdjson(story: Story): Generator<string> {
  const { startedAt } = story.run;
  for (const { rank, record, steps } of inRunOrder(story)) {
    if (steps.length === 0) yield `${recordLine(rank, recordJson(record, startedAt))}\n`;
    for (const { step, decision } of steps) {
      yield `${stepLine(step, { rank, startedAt, decision })}\n`;
    }
  }
}

async function entryLines(log: ActorLog, entry: Entry): Promise<readonly string[]> {
  if (entry.kind === "event") return await entryJsonLines(log, entry, []);
  const { rank, record } = entry;
  const roles = rolesTold(record);
  return roles.length === 0
    ? [recordLine(rank, recordJson(record, log.run.startedAt))]
    : await entryJsonLines(log, entry, roles);
}

function recordLine(rank: number, record: RecordJson): string {
  const line: RecordLineJson = { version: STEP_JSON_VERSION, kind: "record", rank, record };
  return jsonLine(line);
}
