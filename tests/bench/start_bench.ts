/**
 * From the command to the first line of progress: what somebody waits who starts a scenario.
 *
 * Run: deno run -A tests/bench/start_bench.ts
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { tell } from "./figures.ts";

const ROUNDS = 3;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Milliseconds until the scenario has told how it goes for the first time. */
async function firstProgressMs(runs: string): Promise<number> {
  const began = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-net=127.0.0.1",
      "sim/main.ts",
      "scenarios/burst.ts",
      "--duration",
      "2s",
      "--runs",
      runs,
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    return await Promise.any([
      progressMs(child.stdout, began),
      progressMs(child.stderr, began),
    ]);
  } finally {
    await child.status;
  }
}

/** Reads a stream to its end; resolves at the first line of progress, rejects when none comes. */
async function progressMs(stream: ReadableStream<Uint8Array>, began: number): Promise<number> {
  let atMs: number | null = null;
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    if (atMs !== null) continue;
    text += decoder.decode(bytes, { stream: true });
    if (PROGRESS.test(text)) atMs = performance.now() - began;
  }
  if (atMs === null) {
    throw new Error(`Cannot measure the start: no progress was told, but ${text.slice(0, 300)}`);
  }
  return atMs;
}

/** How a line of progress begins: with the session's time. */
const PROGRESS = /^\s*\d+\.\d+\/\d+\.\d+ s /m;

if (import.meta.main) {
  const runs = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await firstProgressMs(runs));
    rounds.sort((a, b) => a - b);
    console.log(`start to first progress: ${rounds.map((ms) => ms.toFixed(0)).join(", ")} ms`);
    tell({ what: "start to first progress, median", value: rounds[1]!, unit: "ms" });
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}
