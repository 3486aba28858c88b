/**
 * What the runtime events say of actors that a live stepper holds. Written and read in this one place.
 *
 * @module
 */

/** What a note says. */
export type LiveNote =
  | { readonly kind: "suspended" }
  /** It goes on; so many single steps were made meanwhile. Null: another process has counted them. */
  | { readonly kind: "resumed"; readonly steps: number | null };

const SUSPENDED = "suspended by a live stepper";
const RESUMED = /^resumed by a live stepper(?: after (\d+) steps?)?(?:: .*)?$/s;

/** The note on a suspension. `again`: it was started again, and is suspended as it was before. */
export function suspendedText({ again }: { readonly again: boolean }): string {
  return again ? `${SUSPENDED}, as before its restart` : SUSPENDED;
}

/** The note on its end; `why` where nobody asked for it. */
export function resumedText(steps: number | null, why?: string): string {
  const after = steps === null ? "" : ` after ${steps} ${steps === 1 ? "step" : "steps"}`;
  const counted = `resumed by a live stepper${after}`;
  return why === undefined ? counted : `${counted}: ${why}`;
}

/** Reads a note; null when it is about something else. */
export function readLiveNote(text: string): LiveNote | null {
  if (text.startsWith(SUSPENDED)) return { kind: "suspended" };
  const resumed = RESUMED.exec(text);
  if (resumed === null) return null;
  return { kind: "resumed", steps: resumed[1] === undefined ? null : Number(resumed[1]) };
}
