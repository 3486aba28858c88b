/**
 * Reads the runtime events of a run, a line at a time, and says which records come before each.
 *
 * @module
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { EventLine, LaneColumns } from "./lane_columns.ts";
import type { Source } from "./lane_source.ts";
import type { LaneTable } from "./lanes.ts";
import { EVENTS_AT_ONCE, MAX_EVENT_LINE_CHARACTERS } from "./limits.ts";

/** Bytes read at once. */
const READ_BYTES = 65_536;

/** The events of a run's file, as far as it went when the index was begun. */
export class EventSource implements Source {
  /** Lines so far that are no event. The last one may have been cut by a kill: it is not counted. */
  unreadableLines = 0;
  readonly #lines: AsyncGenerator<string>;
  readonly #table: LaneTable;

  constructor(lines: AsyncGenerator<string>, table: LaneTable) {
    this.#lines = lines;
    this.#table = table;
  }

  async fill(columns: LaneColumns): Promise<boolean> {
    const found: EventLine[] = [];
    while (found.length < EVENTS_AT_ONCE) {
      const { value, done } = await this.#lines.next();
      if (done === true) break;
      const event = eventOf(value);
      if (event === null) this.unreadableLines++;
      else found.push({ event, json: value });
    }
    columns.fillEvents(found, (event) => this.#waitOf(event));
    return found.length > 0;
  }

  async close(): Promise<void> {
    await this.#lines.return(undefined);
  }

  /** As far as the log goes: one that was cut, or is another's, holds no event back. */
  #waitOf(event: RuntimeEvent): { readonly lane: number; readonly offset: number } | null {
    const named = namedBy(event);
    const number = named === null ? -1 : this.#table.named(named.partition);
    const lane = this.#table.lanes[number];
    if (named === null || lane === undefined) return null;
    return { lane: number, offset: Math.min(named.offset, lane.end) };
  }
}

/** The partition that an event names, and the offset behind the records that come before it. */
function namedBy(
  event: RuntimeEvent,
): { readonly partition: string; readonly offset: number } | null {
  switch (event.kind) {
    case "commit":
    case "snapshot":
      return event;
    case "recovered":
      return { partition: event.partition, offset: event.committedOffset };
    case "dead-letter":
    case "fold-failed":
      return { partition: event.partition, offset: event.offset + 1 };
    default:
      return null;
  }
}

/** The event of a line, or null when it is none. */
function eventOf(line: string): RuntimeEvent | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  if (json === null || typeof json !== "object") return null;
  const isEvent = Number.isFinite(Reflect.get(json, "at")) &&
    Number.isSafeInteger(Reflect.get(json, "number")) &&
    typeof Reflect.get(json, "kind") === "string" && typeof Reflect.get(json, "actor") === "string";
  // Written by RuntimeEventFile; what the order goes by has been looked at.
  return isEvent ? json as RuntimeEvent : null;
}

/** The whole lines within the first bytes of a file. One that is too long is given as an empty one. */
export async function* linesOf(path: string, bytes: number): AsyncGenerator<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(READ_BYTES);
  let rest = "";
  let isTooLong = false;
  for (let left = bytes; left > 0;) {
    const count = await file.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) break;
    left -= count;
    const pieces = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    for (const line of pieces) {
      yield isTooLong ? "" : line;
      isTooLong = false;
    }
    if (rest.length <= MAX_EVENT_LINE_CHARACTERS) continue;
    isTooLong = true;
    rest = "";
  }
}

/** No lines: of a run without runtime events. */
export async function* noLines(): AsyncGenerator<string> {}
