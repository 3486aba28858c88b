/**
 * A message that travels beside its text. A log that hands readers the very records that were published
 * can carry it, so that within one thread nobody reads again what was just written.
 *
 * It is moved, never shared: whoever publishes keeps no hold of it, it goes along with one record, and
 * the first reader that asks takes it out; the next one reads the text. So it is as much its taker's own
 * as what is parsed from a text. And it is only carried when it is exactly what its text says.
 *
 * @module
 */

/** Where a record carries its message. */
export const CARRIED: unique symbol = Symbol("carried message");

/** A record that may carry its message. */
export interface Carrier {
  [CARRIED]?: object | undefined;
}

/**
 * Lets the record carry the message that its text was made of by `JSON.stringify`, if reading the text
 * would give the same. The message must be the record's own from now on.
 */
export function carryMessage(record: object, message: object): void {
  // A place for what no log of another kind looks at; it is nobody's field.
  if (isAsItsText(message)) (record as Carrier)[CARRIED] = message;
}

/** Takes the message out of the record; undefined when it carries none (any more). */
export function takeMessage(record: object): object | undefined {
  const carrier = record as Carrier; // See carryMessage().
  const message = carrier[CARRIED];
  if (message !== undefined) carrier[CARRIED] = undefined;
  return message;
}

/** Plain values only: they cannot be changed by whoever holds them too, and JSON gives them back. */
function isAsItsText(message: object): boolean {
  // Its fields are looked at one by one.
  const fields = message as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    const value = fields[name];
    switch (typeof value) {
      case "string":
      case "boolean":
        break;
      case "number":
        // JSON has no other zero, and nothing that is not finite.
        if (!Number.isFinite(value) || Object.is(value, -0)) return false;
        break;
      default:
        if (value !== null) return false;
    }
  }
  return true;
}
