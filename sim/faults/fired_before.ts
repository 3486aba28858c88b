/**
 * Which faults of a run have taken place, from its file of runtime events: what has gone wrong once does
 * not go wrong again because the run is gone on with.
 *
 * @module
 */

import { eventLines } from "../event_lines.ts";

/** Cheaper than reading a line with all that is in it: most lines are of something else. */
const MARK = `"kind":"fault"`;

/** The ids of the faults in a file of runtime events; none when there is no such file. */
export function readFiredFaults(path: string): ReadonlySet<string> {
  const fired = new Set<string>();
  for (const line of eventLines(path)) {
    if (!line.includes(MARK)) continue;
    const id = idIn(line);
    if (id !== null) fired.add(id);
  }
  return fired;
}

/** The last line may have been cut by a kill, and says nothing then. */
function idIn(line: string): string | null {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null) return null;
    const id: unknown = Reflect.get(event, "fault");
    return typeof id === "string" && Reflect.get(event, "kind") === "fault" ? id : null;
  } catch {
    return null;
  }
}
