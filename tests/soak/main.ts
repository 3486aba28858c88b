/**
 * `deno task test:soak`: processes are killed and workers hurt at random moments, and whatever they
 * leave is compared with the fold of its own log from zero.
 *
 *     deno task test:soak [--kills 20] [--hurts 100] [--seed N]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { soakWorkers } from "./hurt_workers.ts";
import { soakProcesses } from "./killed_processes.ts";

const OPTIONS = {
  kills: { type: "string", default: "20" },
  hurts: { type: "string", default: "100" },
  seed: { type: "string" },
} as const;

const { values } = parseArgs({ args: [...Deno.args], options: OPTIONS });
const kills = wholeNumber("kills", values.kills);
const hurts = wholeNumber("hurts", values.hurts);
const seed = wholeNumber(
  "seed",
  values.seed ?? String(crypto.getRandomValues(new Uint16Array(1))[0]),
);
const folder = await Deno.makeTempDir({ prefix: "outcry-soak-" });
say(`seed ${seed}; what is found wrong is kept in ${folder}`);
say(JSON.stringify({ workers: await soakWorkers({ hurts, seed, directory: folder, say }) }));
say(JSON.stringify({ processes: await soakProcesses({ kills, seed, runs: folder, say }) }));
await Deno.remove(folder, { recursive: true });

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name}: ${JSON.stringify(text)}: must be a whole number`);
}

function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
