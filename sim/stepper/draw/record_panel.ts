/**
 * A record as the log has it, field by field; a runtime event in the same way.
 *
 * @module
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { formatPlace } from "../../actor_log/record_place.ts";
import type { ReadRecord } from "../../actor_log/step.ts";
import { fieldsOf, type MessageField } from "../../actor_log/views/message_fields.ts";
import { unitsOf } from "../../actor_log/views/units.ts";
import { formatSince, formatUtc } from "../model/since.ts";
import type { StepperModel } from "../model/stepper_model.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";

/** Characters shown of a value that is no message. */
const MOST_TEXT_CHARACTERS = 4_000;

/** The lines of a record. */
export function recordPanel(
  model: StepperModel,
  record: ReadRecord,
  width: number,
): readonly Line[] {
  const { startedAt, parameters } = model.run;
  const { place, timestamp, key, headers, bytes, message } = record;
  return [
    ...wrapLine(formatPlace(place), { width, tone: "heading" }),
    ...namedLines([
      ["time", `${formatUtc(timestamp)} UTC, ${formatSince(timestamp - startedAt)}`],
      ["key", key ?? "none"],
      ["length", `${bytes} bytes`],
      ...Object.entries(headers).map(([name, value]) => [`header ${name}`, value] as const),
    ], width),
    ...(message === null ? textLines(record, width) : [
      lineOf("message", "quiet"),
      ...fieldLines(fieldsOf(message, unitsOf(parameters)), { width, indent: 2 }),
    ]),
  ];
}

function textLines({ text, malformed }: ReadRecord, width: number): readonly Line[] {
  const shown = text === null
    ? "no text: a tombstone, or bytes that are not UTF-8"
    : text.length <= MOST_TEXT_CHARACTERS
    ? text
    : `${text.slice(0, MOST_TEXT_CHARACTERS)} … and ${
      text.length - MOST_TEXT_CHARACTERS
    } characters more`;
  return [
    ...wrapLine(`no message: ${malformed}`, { width, tone: "bad" }),
    lineOf("value", "quiet"),
    ...wrapLine(shown, { width, indent: 2 }),
  ];
}

/** The lines of a runtime event. */
export function eventPanel(event: RuntimeEvent, width: number): readonly Line[] {
  const { kind, at, number, actor, incarnation, ...body } = event;
  return [
    ...wrapLine(kind, { width, tone: "heading" }),
    ...namedLines([
      ["number", String(number)],
      ["time", `${formatUtc(at)} UTC`],
      ["actor", actor],
      ["incarnation", String(incarnation)],
      ...Object.entries(body).map(([name, value]) =>
        [name, typeof value === "string" ? value : JSON.stringify(value)] as const
      ),
    ], width),
  ];
}

/** Columns of names. */
const NAME_COLUMNS = 16;

function namedLines(
  named: readonly (readonly [string, string])[],
  width: number,
): readonly Line[] {
  return named.flatMap(([name, value]) =>
    wrapLine(`${name.padEnd(NAME_COLUMNS)} ${value}`, { width, indent: 2 })
  );
}

/** Fields of a message, with what their integers mean. */
export function fieldLines(
  fields: readonly MessageField[],
  { width, indent }: { readonly width: number; readonly indent: number },
): readonly Line[] {
  const pad = Math.max(0, ...fields.map(({ name }) => name.length));
  return fields.flatMap(({ name, value, means }) => {
    const meaning = means === null ? "" : `  (${means})`;
    return wrapLine(`${name.padEnd(pad)}  ${value}${meaning}`, { width, indent });
  });
}
