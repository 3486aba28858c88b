/**
 * The file in a run's folder that says where a process of the run can be reached, and the token that
 * must be shown there. Its owner alone may read it; it is removed at the end.
 *
 * @module
 */

import { join } from "node:path";
import { z } from "zod";
import { LIVE_VERSION } from "./protocol.ts";

const TOKEN_BYTES = 32;
const MAX_PORT = 65_535;

const fileSchema = z.looseObject({ version: z.int(), pid: z.int() });

const addressSchema = fileSchema.extend({
  port: z.int().min(1).max(MAX_PORT),
  token: z.string().min(1),
});

/** Where a process can be reached. */
export interface LiveAddress {
  readonly version: number;
  readonly pid: number;
  /** Of 127.0.0.1. */
  readonly port: number;
  readonly token: string;
}

/** What such a file says, or why it says nothing. */
export type LiveFile =
  | { readonly kind: "address"; readonly address: LiveAddress }
  /** Written by another version. */
  | { readonly kind: "other-version"; readonly version: number; readonly pid: number }
  | { readonly kind: "unreadable"; readonly why: string };

const FILE_NAME = /^live(-.+)?\.json$/;

/** The name of the file, `process` being the name under which a process joined the floor. */
export function liveFileName(process: string | null): string {
  return process === null ? "live.json" : `live-${process}.json`;
}

/** The paths of all such files in a run's folder; none where there is no folder. */
export async function liveFilesIn(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      if (isFile && FILE_NAME.test(name)) found.push(join(directory, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
  }
  return found.sort();
}

/** Draws a token that nobody guesses. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}

/** Writes the file whole, for its owner alone. One that a killed process left is replaced. */
export async function writeLiveFile(path: string, at: { port: number; token: string }) {
  const beside = `${path}.new`;
  await Deno.remove(beside).catch(() => {}); // As a rule there is none.
  const address: LiveAddress = { version: LIVE_VERSION, pid: Deno.pid, ...at };
  const text = `${JSON.stringify(address)}\n`;
  await Deno.writeTextFile(beside, text, { mode: 0o600, createNew: true });
  await Deno.rename(beside, path);
}

/** Removes the file, unless another process has written it anew. */
export async function removeLiveFile(path: string, token: string): Promise<void> {
  const found = await readLiveFile(path);
  if (found?.kind !== "address" || found.address.token !== token) return;
  await Deno.remove(path).catch(() => {}); // Its folder may be gone already.
}

/** Null when there is no such file. */
export async function readLiveFile(path: string): Promise<LiveFile | null> {
  try {
    return liveFileOf(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof SyntaxError) return { kind: "unreadable", why: "it is not JSON" };
    if (error instanceof Deno.errors.PermissionDenied) {
      return { kind: "unreadable", why: "another user of this machine owns it" };
    }
    throw error;
  }
}

function liveFileOf(json: unknown): LiveFile {
  const head = fileSchema.safeParse(json);
  if (!head.success) return { kind: "unreadable", why: "it is not what it should be" };
  const { version, pid } = head.data;
  if (version !== LIVE_VERSION) return { kind: "other-version", version, pid };
  const parsed = addressSchema.safeParse(json);
  if (!parsed.success) return { kind: "unreadable", why: "it is not what it should be" };
  const { port, token } = parsed.data;
  return { kind: "address", address: { version, pid, port, token } };
}
