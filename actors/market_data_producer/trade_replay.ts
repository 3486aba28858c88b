/**
 * Replays a file of real trades, streamed.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import { isBinanceTradesHeader, parseBinanceTrade, type VenueTrade } from "./binance_trades.ts";
import { PriceFileError } from "./price_file_error.ts";
import { type Line, MAX_LINE_BYTES, readLines } from "./line_reader.ts";

/** The formats that can be replayed. */
export const TRADES_FORMATS = ["binance-trades"] as const;
export type TradesFormat = (typeof TRADES_FORMATS)[number];

/** A file without a valid row among its first so many lines is taken for another format. */
export const PROBED_LINES = 20;

/** A file is read in pieces of so many bytes. */
const CHUNK_BYTES = 256 * 1024;

/** What a look at the beginning of a file tells. */
export interface TradesFileSummary {
  readonly path: string;
  readonly format: TradesFormat;
  readonly bytes: number;
  readonly first: VenueTrade;
}

/** Whether a word names a format that can be replayed. */
export function isTradesFormat(word: string): word is TradesFormat {
  return (TRADES_FORMATS as readonly string[]).includes(word);
}

/**
 * Looks at a file before anything starts.
 *
 * @throws {PriceFileError} when the format is unknown, or the file is missing, unreadable, empty or
 * of another format
 */
export async function checkTradesFile(path: string, format: string): Promise<TradesFileSummary> {
  const fail = (why: string, line?: number, cause?: unknown) =>
    new PriceFileError(`Cannot replay "${path}": ${why}`, {
      path,
      ...(line === undefined ? {} : { line }),
      cause,
    });
  if (!isTradesFormat(format)) {
    throw fail(`format "${format}" is unknown; known: ${TRADES_FORMATS.join(", ")}`);
  }
  const { size, isFile } = await Deno.stat(path).catch((error: unknown) => {
    throw fail(whyUnreadable(error), undefined, error);
  });
  if (!isFile) throw fail("it is not a file");
  if (size === 0) throw fail("it is empty");
  let firstWrong: { line: number; error: string } | null = null;
  for await (const row of tradeRows(path)) {
    if (row.ok) return { path, format, bytes: size, first: row.trade };
    firstWrong ??= { line: row.line, error: row.error };
    if (row.line >= PROBED_LINES) break;
  }
  if (firstWrong === null) throw fail("it has no rows");
  throw fail(
    `it is not in format ${format}: line ${firstWrong.line}: ${firstWrong.error}`,
    firstWrong.line,
  );
}

/** A row of a file, read. */
export type TradeRow =
  | { readonly ok: true; readonly line: number; readonly trade: VenueTrade }
  | { readonly ok: false; readonly line: number; readonly error: string };

/** What reading a file goes by: `hold` of the reader's clock, where time would go on meanwhile. */
export type Hold = NonNullable<Clock["hold"]>;

/**
 * The rows of a file, malformed ones among them; blank lines and a header are passed over.
 *
 * @throws {PriceFileError} when the file cannot be read
 */
export async function* tradeRows(
  path: string,
  hold: Hold = (work) => work,
): AsyncGenerator<TradeRow> {
  for await (const line of readLines(chunksOf(path, hold))) {
    if (line.text === "" || line.text?.trim() === "") continue;
    if (line.number === 1 && line.text !== null && isBinanceTradesHeader(line.text)) continue;
    yield parsedRow(line);
  }
}

/** A file's bytes. Between two pieces it is not open, so an actor that ends there leaves nothing open. */
async function* chunksOf(path: string, hold: Hold): AsyncGenerator<Uint8Array> {
  for (let at = 0;;) {
    const chunk = await hold(readChunk(path, at)).catch((cause) => {
      throw new PriceFileError(`Cannot replay "${path}": ${whyUnreadable(cause)}`, { path, cause });
    });
    if (chunk.length === 0) return;
    at += chunk.length;
    yield chunk;
  }
}

/** Empty at the file's end. */
async function readChunk(path: string, at: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  if (at > 0) await file.seek(at, Deno.SeekMode.Start);
  const chunk = new Uint8Array(CHUNK_BYTES);
  const count = await file.read(chunk);
  return chunk.subarray(0, count ?? 0);
}

function parsedRow(line: Line): TradeRow {
  if (line.text === null) {
    return { ok: false, line: line.number, error: `longer than ${MAX_LINE_BYTES} bytes` };
  }
  const parsed = parseBinanceTrade(line.text);
  if (parsed.ok) return { ok: true, line: line.number, trade: parsed.trade };
  return { ok: false, line: line.number, error: parsed.error };
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is not a file";
  return error instanceof Error ? error.message : String(error);
}
