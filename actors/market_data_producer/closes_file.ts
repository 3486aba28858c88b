/**
 * Files of real closes: a table of comma-separated values with a date and a column per share.
 *
 * ```csv
 * # a comment
 * date,AAPL,IBM
 * 2000-01-01,25.94,100.52
 * 2000-02-01,,92.11
 * ```
 *
 * @module
 */

import { PriceFileError } from "./price_file_error.ts";

/** One share's close on one date. */
export interface Close {
  /** ISO date. */
  readonly date: string;
  readonly close: number;
}

/** Closes by share, in order of time. A share that was not listed yet has fewer. */
export type Closes = ReadonlyMap<string, readonly Close[]>;

/** A file of closes is read whole; a larger one is refused. */
export const MAX_CLOSES_BYTES = 8 * 1024 * 1024;

/** @throws {PriceFileError} when the file cannot be read, is too large or is not a table of closes */
export async function readCloses(path: string | URL): Promise<Closes> {
  const name = path instanceof URL ? path.pathname : path;
  let text: string;
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new Error("it is not a file");
    if (size > MAX_CLOSES_BYTES) {
      throw new Error(`it has ${size} bytes, more than ${MAX_CLOSES_BYTES}`);
    }
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (cause as Error).message; // Deno's file functions throw errors only.
    throw new PriceFileError(`Cannot read closes from "${name}": ${why}`, { path: name, cause });
  }
  return parseCloses(text, name);
}

/** @throws {PriceFileError} naming the line that is wrong */
export function parseCloses(text: string, path: string): Closes {
  const fail = (line: number, why: string): never => {
    throw new PriceFileError(`Cannot read closes from "${path}": line ${line}: ${why}`, {
      path,
      line,
    });
  };
  let shares: readonly string[] | null = null;
  let lastDate = "";
  const closes = new Map<string, Close[]>();
  for (const { cells, line } of rows(text)) {
    if (shares === null) {
      shares = headerOf(cells, (why) => fail(line, why));
      for (const share of shares) closes.set(share, []);
      continue;
    }
    if (cells.length !== shares.length + 1) {
      fail(line, `${cells.length} cells, but the header has ${shares.length + 1}`);
    }
    const date = cells[0]!;
    if (!isDate(date)) fail(line, `"${date}" is not a date such as 2000-01-31`);
    if (date <= lastDate) fail(line, `${date} does not come after ${lastDate}`);
    lastDate = date;
    shares.forEach((share, i) => {
      const cell = cells[i + 1]!;
      if (cell === "") return;
      const close = Number(cell);
      if (!(Number.isFinite(close) && close > 0)) {
        fail(line, `${share}: "${cell}" is not a positive number`);
      }
      closes.get(share)!.push({ date, close });
    });
  }
  if (shares === null) {
    throw new PriceFileError(`Cannot read closes from "${path}": it has no rows`, { path });
  }
  return closes;
}

function* rows(text: string): Generator<{ cells: string[]; line: number }> {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [i, raw] of lines.entries()) {
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    yield { cells: trimmed.split(",").map((cell) => cell.trim()), line: i + 1 };
  }
}

function headerOf(cells: readonly string[], fail: (why: string) => never): readonly string[] {
  const [first, ...shares] = cells;
  if (first !== "date") fail(`the header must begin with "date", not "${first}"`);
  if (shares.length === 0) fail("the header names no share");
  const twice = shares.find((share, i) => share === "" || shares.indexOf(share) !== i);
  if (twice !== undefined) fail(`the header names "${twice}" twice or leaves a name empty`);
  return shares;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
