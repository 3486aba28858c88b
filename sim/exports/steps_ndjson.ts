/**
 * Steps as NDJSON: one JSON object a line, in the run's order.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { jsonLine } from "../actor_log/json_line.ts";
import {
  eventJson,
  type RecordJson,
  recordJson,
  STEP_JSON_VERSION,
  stepJson,
} from "../actor_log/step_json.ts";
import type { Entry } from "../actor_log/step.ts";
import { decisionOf } from "../actor_log/views/decision.ts";
import { unitsOf } from "../actor_log/views/units.ts";
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

/** Every step and runtime event of a run, a line each. */
export async function* runNdjson(
  log: ActorLog,
  { signal, onProgress }: ExportWatch,
): AsyncGenerator<string> {
  const { length } = log.index;
  for (let rank = 0; rank < length; rank++) {
    signal.throwIfAborted();
    if (rank % PROGRESS_ENTRIES === 0) onProgress(rank, length);
    for await (const value of entryValues(log, await log.entry(rank))) yield line(value);
  }
}

/** The steps of a story, a line each, without the runtime events between. */
export function* storyNdjson(story: Story): Generator<string> {
  const { startedAt } = story.run;
  for (const { rank, record, steps } of inRunOrder(story)) {
    if (steps.length === 0) yield line(recordLine(rank, recordJson(record, startedAt)));
    for (const { step, decision } of steps) {
      yield line(stepJson(step, { rank, startedAt, decision }));
    }
  }
}

async function* entryValues(log: ActorLog, entry: Entry): AsyncGenerator<object> {
  const { startedAt, parameters } = log.run;
  const { rank } = entry;
  if (entry.kind === "event") {
    yield eventJson(entry.event, { rank, startedAt });
    return;
  }
  const roles = rolesTold(entry.record);
  if (roles.length === 0) yield recordLine(rank, recordJson(entry.record, startedAt));
  for (const role of roles) {
    const step = await log.step(entry.record.place, role);
    const decision = decisionOf(step, { units: unitsOf(parameters), first: null });
    yield stepJson(step, { rank, startedAt, decision });
  }
}

function recordLine(rank: number, record: RecordJson): RecordLineJson {
  return { version: STEP_JSON_VERSION, kind: "record", rank, record };
}

function line(value: object): string {
  return `${jsonLine(value)}\n`;
}
