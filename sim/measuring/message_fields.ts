/**
 * Reads single fields out of a message's text without parsing all of it. The meter reads every
 * notification of a run on the cores that the floor needs, and wants four fields of each.
 *
 * Sound for messages of the floor: inside a JSON string every quote is escaped, so `"name":` cannot
 * occur in a value, and no message that is read this way holds an object whose keys a user chooses.
 *
 * @module
 */

/** A field to look for: its name as it stands in the text. */
export interface FieldName {
  readonly text: string;
  readonly other: string;
}

/** Prepares a field's name. */
export function fieldName(name: string): FieldName {
  return { text: `"${name}":"`, other: `"${name}":` };
}

/** The field's text, or null when the message has no such text. */
export function textField(message: string, name: FieldName): string | null {
  const at = message.indexOf(name.text);
  if (at < 0) return null;
  const start = at + name.text.length;
  const end = message.indexOf('"', start);
  if (end < 0) return null;
  const backslash = message.indexOf("\\", start);
  if (backslash < 0 || backslash > end) return message.slice(start, end);
  return escapedText(message, start);
}

/** Rare: an id with a quote or a backslash in it. */
function escapedText(message: string, start: number): string | null {
  for (let end = start; end < message.length; end++) {
    const character = message[end];
    if (character === "\\") end++;
    else if (character === '"') return JSON.parse(message.slice(start - 1, end + 1));
  }
  return null;
}

/** The field's number, or null when the message has no such number. */
export function numberField(message: string, name: FieldName): number | null {
  const at = message.indexOf(name.other);
  if (at < 0) return null;
  const start = at + name.other.length;
  let end = start;
  while (end < message.length && isPartOfNumber(message.charCodeAt(end))) end++;
  return end === start ? null : Number(message.slice(start, end));
}

/** Digits, and the characters `+`, `-`, `.`, `E`, `e`. */
function isPartOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46 ||
    code === 69 || code === 101;
}

/** Whether the field says true. */
export function isTrueField(message: string, name: FieldName): boolean {
  const at = message.indexOf(name.other);
  return at >= 0 && message.startsWith("true", at + name.other.length);
}
