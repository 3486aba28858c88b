/**
 * Which actors a live stepper held while a session was played, for how long, and how often it stepped
 * them: what a run's latencies say then, they say of the stepper.
 *
 * @module
 */

import { formatDuration } from "../duration.ts";
import { readLiveNote } from "../live/live_notes.ts";

/** Actors named in the report; further ones are counted. */
const ACTORS_NAMED = 5;

/** What of a note is looked at. */
export interface SteppedNote {
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

interface Stepped {
  /** Since when it stands still; null: it goes on. */
  since: number | null;
  heldMs: number;
  steps: number;
}

/** What live steppers did, from notes among the runtime events. */
export class SteppedActors {
  readonly #actors = new Map<string, Stepped>();
  readonly #say: (text: string) => void;

  /** `say` is told of every suspension and its end. */
  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Told of every note. */
  observe(told: SteppedNote): void {
    if (this.#count(told)) this.#say(`${told.actor} is ${told.text}`);
  }

  /** Told of the notes of an earlier sitting; who stood still at its end has gone on since. */
  recall(notes: Iterable<SteppedNote>): void {
    for (const note of notes) this.#count(note);
    for (const stepped of this.#actors.values()) stepped.since = null;
  }

  /** Whether the note is on a stepped actor. */
  #count({ actor, at, text }: SteppedNote): boolean {
    const note = readLiveNote(text);
    if (note === null) return false;
    const stepped = this.#actors.get(actor) ?? { since: null, heldMs: 0, steps: 0 };
    this.#actors.set(actor, stepped);
    if (note.kind === "suspended") {
      stepped.since ??= at;
      return true;
    }
    stepped.heldMs += at - (stepped.since ?? at);
    stepped.since = null;
    stepped.steps += note.steps ?? 0;
    return true;
  }

  /** What a reader of the report should know, in sentences. */
  notes(): readonly string[] {
    if (this.#actors.size === 0) return [];
    const all = [...this.#actors].map(([actor, { heldMs, steps }]) => {
      const counted = steps === 0 ? "" : `, ${steps} ${steps === 1 ? "step" : "steps"}`;
      return `${actor} (for ${formatDuration(heldMs)}${counted})`;
    });
    const named = all.slice(0, ACTORS_NAMED).join(", ");
    const more = all.length > ACTORS_NAMED ? ` and ${all.length - ACTORS_NAMED} more` : "";
    return [
      `A live stepper suspended ${named}${more}. What latencies and thresholds of this run say, they ` +
      `say of the stepper and not of the floor; the invariants hold or not as ever.`,
    ];
  }
}
