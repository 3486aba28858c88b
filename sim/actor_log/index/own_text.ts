/**
 * Texts cut out of a batch, kept for longer than the batch.
 *
 * @module
 */

/**
 * The same text as a string of its own. V8 keeps a longer substring as a view of the whole string, so
 * that a user's id that is remembered would keep all the records beside the one it came in.
 */
export function ownText(text: string): string {
  return [text, ""].join(END).slice(0, -END.length);
}

const END = "\0";
