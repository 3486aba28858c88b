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
  /** Whether it is of the envelope, which outboxes write last. It is found anywhere. */
  readonly isEnvelope: boolean;
}

/** Prepares a field's name. */
export function fieldName(name: string, isEnvelope = false): FieldName {
  return { text: `"${name}":"`, other: `"${name}":`, isEnvelope };
}

/** Derived messages end with their envelope, which begins at most about so far from the end. */
const ENVELOPE_CHARACTERS = 240;

/** Where a field of the envelope is. Looked for at the end first: searching is what costs. */
function find(message: string, name: string, isEnvelope: boolean): number {
  if (!isEnvelope) return message.indexOf(name);
  const at = message.indexOf(name, Math.max(0, message.length - ENVELOPE_CHARACTERS));
  return at >= 0 ? at : message.indexOf(name);
}

/** The field's text, or null when the message has no such text. */
export function textField(message: string, name: FieldName): string | null {
  const at = find(message, name.text, name.isEnvelope);
  if (at < 0) return null;
  const start = at + name.text.length;
  const end = message.indexOf('"', start);
  if (end < 0) return null;
  const text = message.slice(start, end);
  // Only the value is looked at: a search through the rest of the message would cost the most of all.
  return text.includes("\\") ? escapedText(message, start) : text;
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
  const at = find(message, name.other, name.isEnvelope);
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
