/**
 * `deno task actors` as a process of its own, to be killed.
 *
 * @module
 */

import { eventually } from "../../support/eventually.ts";

const ROOT = new URL("../../../", import.meta.url);

const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env=NO_COLOR,KAFKAJS_DEBUG_PROTOCOL_BUFFERS,KAFKAJS_DEBUG_EXTENDED_PROTOCOL_BUFFERS",
  "--allow-net=127.0.0.1",
];

/** How long a process may take to join on a busy machine. */
const JOIN_MS = 60_000;

/** A process that takes part in a floor. */
export interface JoinedProcess extends AsyncDisposable {
  /** What it has printed so far. */
  readonly out: () => string;
  kill(signal: Deno.Signal): void;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
}

/** Starts the command; resolves when it has joined. @throws when it ends before, with what it said */
export async function startJoined(...args: readonly string[]): Promise<JoinedProcess> {
  const started = spawnActors(...args);
  let over = false;
  void started.ended.then(() => over = true);
  try {
    await eventually("the process has joined", () => {
      if (over) throw new Error(`It ended: ${started.out()}`);
      return started.out().includes("joined run");
    }, JOIN_MS);
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
  return started;
}

/** Starts the command. Disposing of it kills it. */
export function spawnActors(...args: readonly string[]): JoinedProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...PERMISSIONS, "sim/actors_command.ts", ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let out = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) out += text;
  };
  const over = Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  const ended = over.then(([{ code }]) => code);
  return {
    out: () => out,
    kill: (signal) => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It has ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
      await ended;
    },
  };
}
