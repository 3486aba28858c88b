/**
 * The steps of an entry, one of which may not be had: that must not keep anybody from the others.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { ActorLog } from "./actor_log.ts";
import { decidedIn } from "./decision_facts.ts";
import { jsonLine } from "./json_line.ts";
import type { Entry, ReadRecord, Step, UntoldStep } from "./step.ts";
import { eventJson, stepLine, untoldJson } from "./step_json.ts";

/** One record as one actor met it, or why that cannot be had. */
export async function stepOrTrouble(
  log: ActorLog,
  record: ReadRecord,
  actor: Role,
): Promise<Step | UntoldStep> {
  try {
    return await log.step(record.place, actor);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { record, actor, trouble: error.message };
  }
}

/** An entry as lines of JSON: one for the step of each of these roles, one for a runtime event. */
export async function entryJsonLines(
  log: ActorLog,
  entry: Entry,
  roles: readonly Role[],
): Promise<readonly string[]> {
  const { startedAt } = log.run;
  const { rank } = entry;
  if (entry.kind === "event") return [jsonLine(eventJson(entry.event, { rank, startedAt }))];
  const lines: string[] = [];
  for (const role of roles) {
    const step = await stepOrTrouble(log, entry.record, role);
    lines.push(
      "trouble" in step
        ? jsonLine(untoldJson(step, { rank, startedAt }))
        : stepLine(step, { rank, startedAt, decision: await decidedIn(log, step, rank) }),
    );
  }
  return lines;
}
