/**
 * Stepping through a run: building its index and its states against the floor's own live rate, opening,
 * any step, one step back, and how memory grows with ten times the orders.
 *
 * Run: deno run -A tests/bench/step_bench.ts [--orders 100000]; the limits are for 1000000.
 *
 * Two floors are played, one with a tenth of the orders. Building and stepping are processes of their own,
 * whose resident memory is read as often as they tell how they get on. A step is timed as the actor log
 * asks for it: folded, with the views on both sides. One step back is timed along the run's order, where
 * neighbours are in different partitions, and within one partition.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readFloorParameters } from "../../actors/floor/open_floor.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { readyRunIndex } from "../../sim/actor_log/index/ready_run_index.ts";
import type { RunIndex } from "../../sim/actor_log/index/run_index.ts";
import { FOLDED_ROLES, FOLDS } from "../../sim/actor_log/states/folded_roles.ts";
import type { StatesFolder } from "../../sim/actor_log/states/open_step_folder.ts";
import { readyStepFolder } from "../../sim/actor_log/states/ready_step_folder.ts";
import type { FoldedRole } from "../../sim/actor_log/states/step_folder.ts";
import { tell } from "./figures.ts";
import { moveBurst, startLoadedFloor } from "./floor_load.ts";

const LIMITS = {
  buildingTimesLive: 2,
  openMs: 2_000,
  stepMs: 50,
  stepBackMs: 20,
  growthMb: 64,
} as const;

/** Random places of each role. */
const RANDOM_STEPS = 300;
/** Walks back, and steps of each. */
const WALKS = 20;
const WALK_STEPS = 200;

/** What one process tells. */
interface Told {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly bytes: number;
  readonly records: number;
}

/** What the process that steps tells besides. */
interface Stepped extends Told {
  /** Times in milliseconds, sorted, by what was asked. */
  readonly times: Readonly<Record<string, readonly number[]>>;
}

/** Opens what is needed to step through a run, or builds it first. */
async function ready(directory: string, onProgress?: () => void) {
  const config = { kind: "embedded", path: join(directory, "log.sqlite") } as const;
  const log = await openEventLog(config, { create: false });
  const parameters = await readFloorParameters(log);
  if (parameters === null) throw new Error(`Cannot step through ${directory}: it holds no floor`);
  const steps = join(directory, "steps");
  await Deno.mkdir(steps, { recursive: true });
  const progress = onProgress === undefined ? {} : { onProgress };
  const file = join(steps, "states");
  const [index, folder] = await Promise.all([
    readyRunIndex({ log, events: null, file: join(steps, "order.sqlite"), ...progress }),
    readyStepFolder({ log, config, parameters, file, ...progress }),
  ]);
  return { log, index, folder };
}

/** Runs `work` in this process, and tells what it took. */
async function measured<T extends object>(
  directory: string,
  work: (parts: Awaited<ReturnType<typeof ready>>, look: () => void) => Promise<T>,
): Promise<Told & T> {
  let peak = 0;
  const look = () => peak = Math.max(peak, process.memoryUsage.rss());
  const cpu = process.cpuUsage();
  const started = performance.now();
  const parts = await ready(directory, look);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const { log, index, folder } = parts;
  const more = await work(parts, look);
  look();
  const told = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMb: peak / 1e6,
    bytes: index.bytes + folder.bytes,
    records: index.records,
  };
  index[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
  await log.close();
  return { ...told, ...more };
}

/** Steps here and there, and back. */
async function step(
  { index, folder }: { readonly index: RunIndex; readonly folder: StatesFolder },
  look: () => void,
): Promise<Pick<Stepped, "times">> {
  const times: Record<string, number[]> = {};
  const random = lcg(7);
  const ask = timedStep(folder, look);
  for (const role of FOLDED_ROLES) {
    const places = [...placesOf(index, role, RANDOM_STEPS, random)];
    times[`any step of the ${role}`] = [];
    for (const place of places) times[`any step of the ${role}`]!.push(await ask(role, place));
  }
  times["one step back along the run"] = await walkBack(index, ask, random);
  times["one step back in a partition"] = [];
  for (const role of FOLDED_ROLES) {
    for (const place of placesOf(index, role, WALKS / 4, random)) {
      await ask(role, place);
      for (
        let offset = place.offset - 1;
        offset >= 0 && offset >= place.offset - WALK_STEPS;
        offset--
      ) {
        times["one step back in a partition"].push(await ask(role, { ...place, offset }));
      }
    }
  }
  for (const all of Object.values(times)) all.sort((one, other) => one - other);
  return { times };
}

type Ask = (role: FoldedRole, place: Parameters<StatesFolder["step"]>[1]) => Promise<number>;

function timedStep(folder: StatesFolder, look: () => void): Ask {
  return async (role, place) => {
    const started = performance.now();
    await folder.step(role, place);
    const ms = performance.now() - started;
    look();
    return ms;
  };
}

/** Places of records that a role folds, anywhere in the run's order. */
function* placesOf(index: RunIndex, role: FoldedRole, count: number, random: () => number) {
  const { topic } = FOLDS[role];
  for (let found = 0; found < count;) {
    const entry = index.entryAt(Math.floor(random() * index.length));
    if (entry.kind !== "record" || entry.place.topic !== topic) continue;
    found++;
    yield entry.place;
  }
}

/** Walks back through the run from anywhere: the first step of a walk is a jump, and is not timed. */
async function walkBack(index: RunIndex, ask: Ask, random: () => number): Promise<number[]> {
  const times: number[] = [];
  for (let walk = 0; walk < WALKS; walk++) {
    const from = Math.floor((0.2 + 0.8 * random()) * index.length);
    let isFirst = true;
    let left = WALK_STEPS;
    for (const entry of index.entries({ from, direction: "backward", events: false })) {
      if (entry.kind !== "record") continue;
      const role = FOLDED_ROLES.find((role) => FOLDS[role].topic === entry.place.topic);
      if (role === undefined) continue;
      const ms = await ask(role, entry.place);
      if (!isFirst) times.push(ms);
      isFirst = false;
      if (left-- === 0) break;
    }
  }
  return times;
}

/** The same places every time. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs this module in a process of its own. */
async function inProcess<T extends Told>(
  what: "--build" | "--step",
  directory: string,
): Promise<T> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      fileURLToPath(import.meta.url),
      what,
      directory,
    ],
    stdout: "piped",
  }).output();
  if (!success) throw new Error(`Cannot step through ${directory}: its process failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as T; // What the process was asked for.
}

/** Plays a run, and has it built and stepped through. */
async function playAndStep(orders: number) {
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    let livePerSecond: number;
    {
      await using floor = await startLoadedFloor(directory);
      const { total, seconds } = await moveBurst(floor, orders);
      livePerSecond = total / seconds;
    }
    const built = await inProcess<Told>("--build", directory);
    const stepped = await inProcess<Stepped>("--step", directory);
    const perSecond = built.records / built.seconds;
    console.log(
      `${orders} orders: ${built.records} records, live ${Math.round(livePerSecond)}/s, built ` +
        `${Math.round(perSecond)}/s (${built.seconds.toFixed(1)} s, ` +
        `${(built.cpuSeconds / built.records * 1e6).toFixed(1)} µs of processor time each, ` +
        `${built.peakMb.toFixed(0)} MB resident at most), stepping ${stepped.peakMb.toFixed(0)} MB`,
    );
    return { livePerSecond, perSecond, built, stepped };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function tellTimes(what: string, times: readonly number[]): void {
  const limit = what.startsWith("any") ? LIMITS.stepMs : LIMITS.stepBackMs;
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  tell({ what: `${what}, p50`, value: at(0.5), unit: "ms" });
  tell({ what: `${what}, p99`, value: at(0.99), unit: "ms" });
  tell({ what: `${what}, max`, value: at(1), unit: "ms", limit: { is: "at most", value: limit } });
}

async function bench(orders: number): Promise<void> {
  const few = await playAndStep(Math.floor(orders / 10));
  const { livePerSecond, perSecond, built, stepped } = await playAndStep(orders);
  tell({ what: `floor's live records, ${orders} orders`, value: livePerSecond, unit: "/s" });
  tell({
    what: "records of the run indexed and folded / live",
    value: perSecond / livePerSecond,
    unit: "",
    limit: { is: "at least", value: LIMITS.buildingTimesLive },
  });
  tell({
    what: "opening with an index",
    value: stepped.seconds * 1_000,
    unit: "ms",
    limit: { is: "at most", value: LIMITS.openMs },
  });
  for (const [what, times] of Object.entries(stepped.times)) tellTimes(what, times);
  for (
    const [what, one, other] of [["building", few.built, built], [
      "stepping",
      few.stepped,
      stepped,
    ]] as const
  ) {
    tell({
      what: `resident memory of ${what}, above that with a tenth of the orders`,
      value: other.peakMb - one.peakMb,
      unit: "MB",
      limit: { is: "at most", value: LIMITS.growthMb },
    });
  }
  tell({
    what: "index, order and states, a record",
    value: built.bytes / built.records,
    unit: "B",
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      orders: { type: "string", default: "100000" },
      build: { type: "string" },
      step: { type: "string" },
    },
  });
  if (values.build !== undefined) {
    console.log(JSON.stringify(await measured(values.build, () => Promise.resolve({}))));
  } else if (values.step !== undefined) {
    console.log(JSON.stringify(await measured(values.step, step)));
  } else await bench(Number(values.orders));
}
