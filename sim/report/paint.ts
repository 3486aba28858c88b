/**
 * Colour, where it can be seen.
 *
 * @module
 */

import { styleText } from "node:util";

/** What a piece of text is, for the eye. */
export type Tone = "heading" | "good" | "bad" | "doubt" | "quiet" | "strong";

/** Paints a text. Measure and pad before painting: colour codes have a length too. */
export type Paint = (tone: Tone, text: string) => string;

const STYLES = {
  heading: ["bold", "cyan"],
  good: ["green"],
  bad: ["bold", "red"],
  doubt: ["yellow"],
  quiet: ["dim"],
  strong: ["bold"],
} as const satisfies Readonly<Record<Tone, readonly Parameters<typeof styleText>[0][]>>;

/** For files, pipes and `NO_COLOR`. */
export const plain: Paint = (_tone, text) => text;

/** For terminals. */
export const coloured: Paint = (tone, text) =>
  // Whether to colour was decided by choosePaint, so styleText must not look at the streams itself.
  styleText([...STYLES[tone]], text, { validateStream: false });

/**
 * Colour on a terminal, unless the user asks for none: `NO_COLOR` set to anything but nothing
 * (https://no-color.org).
 */
export function choosePaint(
  surroundings: { readonly isTerminal: boolean; readonly noColor: string | undefined },
): Paint {
  const wanted = surroundings.noColor === undefined || surroundings.noColor === "";
  return surroundings.isTerminal && wanted ? coloured : plain;
}
