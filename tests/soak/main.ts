/**
 * `deno task test:soak`: processes are killed, workers hurt and logs cut at random, bad input is sent,
 * and whatever is left is compared with the fold of its own log from zero.
 *
 *     deno task test:soak [--only workers,sessions,cuts,input,processes] [--seed N]
 *                         [--kills 100] [--hurts 100] [--cuts 200]
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { soakBadInput } from "./bad_input_load.ts";
import { soakCuts } from "./cut_logs.ts";
import { soakSessions } from "./hurt_sessions.ts";
import { soakWorkers } from "./hurt_workers.ts";
import { soakProcesses } from "./killed_processes.ts";

const OPTIONS = {
  kills: { type: "string", default: "100" },
  hurts: { type: "string", default: "100" },
  cuts: { type: "string", default: "200" },
  only: { type: "string" },
  seed: { type: "string" },
} as const;

const { values } = parseArgs({ args: [...Deno.args], options: OPTIONS });
const kills = wholeNumber("kills", values.kills);
const hurts = wholeNumber("hurts", values.hurts);
const cuts = wholeNumber("cuts", values.cuts);
const seed = wholeNumber(
  "seed",
  values.seed ?? String(crypto.getRandomValues(new Uint16Array(1))[0]),
);
const folder = await Deno.makeTempDir({ prefix: "outcry-soak-" });

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  workers: () => soakWorkers({ hurts, seed, directory: folder, say }),
  sessions: () => soakSessions({ hurts, seed, runs: folder, say }),
  cuts: () => soakCuts({ cuts, seed, runs: folder, say }),
  input: () => soakBadInput({ seed, directory: join(folder, "bad-input"), say }),
  processes: () => soakProcesses({ kills, seed, runs: folder, say }),
};

const wanted = values.only?.split(",") ?? Object.keys(PARTS);
const unknown = wanted.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  throw new RangeError(`--only: ${unknown}: must be some of ${Object.keys(PARTS).join(",")}`);
}
say(`seed ${seed}; what is found wrong is kept in ${folder}`);
for (const name of wanted) say(JSON.stringify({ [name]: await PARTS[name]!() }));
await Deno.remove(folder, { recursive: true });

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name}: ${JSON.stringify(text)}: must be a whole number`);
}

function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
