/**
 * What live steppers did in earlier sittings of a run that is gone on with: its latencies are those of
 * all sittings.
 *
 * @module
 */

import { eventLines } from "../event_lines.ts";
import type { SteppedNote } from "./stepped_actors.ts";

/** Cheaper than reading a line with all that is in it: most lines are of something else. */
const MARK = "by a live stepper";

/** The notes on stepped actors in a file of runtime events. */
export function* steppedBefore(path: string): Generator<SteppedNote> {
  for (const line of eventLines(path)) {
    if (!line.includes(MARK)) continue;
    const note = noteIn(line);
    if (note !== null) yield note;
  }
}

/** The last line may have been cut by a kill, and says nothing then. */
function noteIn(line: string): SteppedNote | null {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null) return null;
    const { kind, actor, at, text } = event as Record<string, unknown>; // an object, as just seen
    const isNote = kind === "note" && typeof actor === "string" && typeof at === "number" &&
      typeof text === "string";
    return isNote ? { actor, at, text } : null;
  } catch {
    return null;
  }
}
