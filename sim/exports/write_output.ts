/**
 * Where exports go: to standard output as they come, or to a file that is there whole or not at all.
 *
 * @module
 */

import { isBrokenPipe } from "./standard_output.ts";

/** Texts are gathered to writes of about so many characters. */
const CHARACTERS_A_WRITE = 64 * 1024;

/** A file that cannot be written. */
export class OutputError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "OutputError";
  }
}

/** Somewhere to write bytes to. */
export interface Sink {
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes texts as they come. False when nobody reads any more: the rest is not asked for. */
export async function writeTo(
  sink: Sink,
  texts: AsyncIterable<string> | Iterable<string>,
): Promise<boolean> {
  try {
    for await (const bytes of gathered(texts)) await writeAll(sink, bytes);
    return true;
  } catch (error) {
    if (isBrokenPipe(error)) return false;
    throw error;
  }
}

/**
 * Writes texts to a file. They are written beside it, under a name of their own, which becomes the
 * file's when the last of them is written; whatever ends it sooner leaves nothing behind.
 *
 * @throws {OutputError} when the file is there and `force` is not given, or cannot be written
 */
export async function writeFile(
  path: string,
  texts: AsyncIterable<string> | Iterable<string>,
  { force }: { readonly force: boolean },
): Promise<void> {
  if (!force) await requireFree(path);
  const beside = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  const file = await opened(path, beside);
  try {
    try {
      for await (const bytes of gathered(texts)) await writeAll(file, bytes);
      await file.sync();
    } finally {
      file.close();
    }
    if (!force) await requireFree(path);
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside);
    throw isOfTheDisk(error)
      ? new OutputError(`Cannot write ${path}: ${error.message}`, error)
      : error;
  }
}

async function requireFree(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new OutputError(`Cannot write ${path}: ${(error as Error).message}`, error); // as Deno throws
  }
  throw new OutputError(`Cannot write ${path}: it is there already; --force writes over it`);
}

async function opened(path: string, beside: string): Promise<Deno.FsFile> {
  try {
    if ((await Deno.stat(path).catch(() => null))?.isDirectory === true) {
      throw new OutputError(`Cannot write ${path}: it is a folder`);
    }
    return await Deno.open(beside, { write: true, createNew: true });
  } catch (error) {
    if (error instanceof OutputError) throw error;
    throw new OutputError(`Cannot write ${path}: ${(error as Error).message}`, error); // as Deno throws
  }
}

/** Errors of the operating system, such as a full disk, and of permissions. */
function isOfTheDisk(error: unknown): error is Error {
  return error instanceof Error &&
    (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
      "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code));
}

async function* gathered(
  texts: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let waiting = "";
  for await (const text of texts) {
    waiting += text;
    if (waiting.length < CHARACTERS_A_WRITE) continue;
    yield encoder.encode(waiting);
    waiting = "";
  }
  if (waiting !== "") yield encoder.encode(waiting);
}

async function writeAll(sink: Sink, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await sink.write(bytes.subarray(written));
  }
}
