/**
 * Where exports go: to standard output as they come, or to a file that is there whole or not at all.
 *
 * @module
 */

import { asOutputError, isBrokenPipe, OutputError } from "./output_error.ts";

/** Texts are gathered to writes of about so many characters. */
const CHARACTERS_A_WRITE = 64 * 1024;

/** Somewhere to write bytes to. */
export interface Sink {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes texts to standard output, or what stands for it, as they come. False when nobody reads any
 * more: the rest is not asked for.
 *
 * @throws {OutputError} when it takes no more
 */
export async function writeTo(
  sink: Sink,
  texts: AsyncIterable<string> | Iterable<string>,
): Promise<boolean> {
  try {
    for await (const bytes of gathered(texts)) await writeAll(sink, bytes);
    return true;
  } catch (error) {
    if (isBrokenPipe(error)) return false;
    throw asOutputError("to standard output", error);
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
    throw asOutputError(path, error);
  }
}

async function requireFree(path: string): Promise<void> {
  try {
    if ((await Deno.lstat(path)).isDirectory) throw isFolder(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw asOutputError(path, error);
  }
  throw new OutputError(`Cannot write ${path}: it is there already; --force writes over it`);
}

async function opened(path: string, beside: string): Promise<Deno.FsFile> {
  try {
    // What is not there is no folder; what cannot be looked at is refused where it is opened.
    if ((await Deno.stat(path).catch(() => null))?.isDirectory === true) throw isFolder(path);
    return await Deno.open(beside, { write: true, createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new OutputError(`Cannot write ${path}: its folder is not there`, error);
    }
    throw asOutputError(path, error);
  }
}

function isFolder(path: string): OutputError {
  return new OutputError(`Cannot write ${path}: it is a folder`);
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
