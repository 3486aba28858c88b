/**
 * The demonstration in `docs/teaching.md`: every command is run as it stands there, in its order, in an
 * empty folder, and what the page shows of it must be what it prints.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openActorLog } from "../sim/actor_log/open_actor_log.ts";
import { parsePlace } from "../sim/actor_log/record_place.ts";
import { StepperDriver } from "./sim/stepper/support/driver.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A command of the page, and the lines that it shows of the output. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

/** Blocks of commands, each with the block of text that follows directly. */
const BLOCKS = /^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm;

/** Stands in a shown output for what is left out. */
const LEFT_OUT = "...";

function shownIn(page: string): readonly Shown[] {
  return [...page.matchAll(BLOCKS)].flatMap(([, commands = "", output = ""]) => {
    const lines = output.split("\n").filter((line) =>
      line.trim() !== "" && line.trim() !== LEFT_OUT
    );
    const each = commands.trimEnd().split("\n");
    return each.map((command, i) => ({ command, lines: i === each.length - 1 ? lines : [] }));
  });
}

/** The program and arguments of `deno task NAME ...`, with paths of the tree made absolute. */
async function argumentsOf(command: string): Promise<readonly string[]> {
  const [deno, task, name, ...args] = command.split(" ");
  assert.deepEqual([deno, task], ["deno", "task"], command);
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const found = tasks[name!];
  assert.ok(found !== undefined, `there is no task ${name}`);
  const line: string = typeof found === "string" ? found : found.command;
  const [, ...own] = line.split(" ");
  return [...own, ...args].map((arg) => /^(sim|scenarios)\//.test(arg) ? join(ROOT, arg) : arg);
}

async function run(command: string, cwd: string): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: [...await argumentsOf(command)],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout);
  assert.equal(code, 0, `${command}\n${output}\n${decoder.decode(stderr)}`);
  return output;
}

/** Each line must come after the one before it; what is between does not matter. */
function assertShows(output: string, { command, lines }: Shown): void {
  let at = 0;
  const printed = output.split("\n");
  for (const line of lines) {
    const found = printed.findIndex((each, i) => i >= at && each.trim() === line.trim());
    assert.ok(
      found >= 0,
      `${command}: the page shows\n  ${line}\nwhich is not printed:\n${output}`,
    );
    at = found + 1;
  }
}

/** What to press at a command of the stepper, and what the screen must show then. */
interface Lesson {
  readonly run: string;
  readonly at: string;
  readonly presses: readonly { readonly keys: readonly string[]; readonly shows: string }[];
}

/** The stepper's commands of the page, each with the table of keys that follows it. */
function lessonsIn(page: string): readonly Lesson[] {
  const blocks = page.matchAll(
    /^deno task step (\S+) --at (\S+)\n```\n\n(\|[\s\S]*?)\n\n/gm,
  );
  return [...blocks].map(([, run = "", at = "", table = ""]) => ({
    run,
    at,
    presses: table.split("\n").slice(2).map((row) => {
      const [, keys = "", shows = ""] = row.split("|").map((cell) => cell.trim());
      return { keys: quotedIn(keys), shows: quotedIn(shows)[0] ?? "" };
    }),
  }));
}

function quotedIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
}

/** Drives the stepper itself, at 80 columns and 24 rows, through a lesson's keys. */
async function walkThrough({ run, at, presses }: Lesson, runs: string): Promise<void> {
  await using log = await openActorLog({ run, runs });
  const place = parsePlace(at);
  assert.ok(place !== null, at);
  const driver = await StepperDriver.open(log, { rank: log.index.rankOf(place) ?? -1 });
  for (const { keys, shows } of presses) {
    const [key, ...typed] = keys;
    if (key === "q") return;
    await driver.press(key!);
    for (const text of typed) await driver.type(text);
    const screen = driver.text;
    assert.ok(
      screen.includes(shows),
      `${run}: after ${keys.join(" ")}, not "${shows}":\n${screen}`,
    );
  }
  assert.fail(`${run}: the lesson does not end with q`);
}

Deno.test("docs/teaching.md shows commands that work, and what they print", async () => {
  const page = await Deno.readTextFile(join(ROOT, "docs", "teaching.md"));
  const all = shownIn(page);
  assert.ok(all.length >= 8);
  const folder = await Deno.makeTempDir({ prefix: "outcry-teaching-" });
  try {
    for (const shown of all) assertShows(await run(shown.command, folder), shown);
    const lessons = lessonsIn(page);
    assert.equal(lessons.length, 2);
    for (const lesson of lessons) await walkThrough(lesson, join(folder, "runs"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
