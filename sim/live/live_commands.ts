/**
 * What may be typed to a running floor, a line each.
 *
 * @module
 */

import { suggestion } from "../nearest.ts";

/** Steps that one line may ask for. */
export const MAX_STEPS_A_LINE = 10_000;

/** A line, understood. */
export type LiveCommand =
  | { readonly kind: "help" | "actors" | "quit" }
  | { readonly kind: "choose"; readonly actor: string }
  /** Null: the chosen one. */
  | { readonly kind: "suspend" | "resume"; readonly actor: string | null }
  | { readonly kind: "step"; readonly count: number }
  | { readonly kind: "wrong"; readonly why: string };

/** What `help` prints. */
export const LIVE_HELP = `actors          lists actors: state, partitions, how far each is behind
suspend ACTOR   suspends it: it stays in its group and takes no work; the others go on
step [N]        feeds it one message, or N, one at a time
resume          lets it go on
choose ACTOR    makes another one the actor that is suspended, stepped and resumed
quit            lets go of everything; so does the end of the input`;

const NAMES = ["actors", "suspend", "step", "resume", "choose", "help", "quit"] as const;

const WHOLE_NUMBER = /^\d{1,9}$/;

/** Understands a line; null: there is nothing on it. */
export function parseLiveCommand(line: string): LiveCommand | null {
  const [word = "", argument = null, ...more] = line.trim().split(/\s+/);
  if (word === "") return null;
  const name = NAMES.find((known) => known === word);
  if (name === undefined) {
    const known = `commands are ${NAMES.join(", ")}`;
    return { kind: "wrong", why: `Cannot do "${word}": ${known}${suggestion(word, NAMES)}` };
  }
  if (more.length > 0) return { kind: "wrong", why: `Cannot do "${name}": too many words` };
  switch (name) {
    case "step":
      return stepCommand(argument);
    case "suspend":
    case "resume":
      return { kind: name, actor: argument };
    case "choose":
      if (argument === null) return { kind: "wrong", why: `Cannot choose: name an actor` };
      return { kind: name, actor: argument };
    default:
      if (argument === null) return { kind: name };
      return { kind: "wrong", why: `Cannot do "${name} ${argument}": "${name}" stands alone` };
  }
}

function stepCommand(argument: string | null): LiveCommand {
  const count = argument ?? "1";
  const right = WHOLE_NUMBER.test(count) && Number(count) >= 1 &&
    Number(count) <= MAX_STEPS_A_LINE;
  if (right) return { kind: "step", count: Number(count) };
  const why = `Cannot step ${count}: must be a whole number from 1 to ${MAX_STEPS_A_LINE}`;
  return { kind: "wrong", why };
}
