/**
 * A floor whose workers crash, are terminated, hang, join and leave at random while orders flow.
 *
 * @module
 */

import assert from "node:assert/strict";
import { CONSUMER_ROLES, type ConsumerRole } from "../../actors/topology.ts";
import { type Floor, type RuntimeEvent, seededRandom } from "../../mod.ts";
import { eventually } from "../support/eventually.ts";
import {
  assertConserved,
  assertSound,
  onStage,
  type Stage,
  trade,
} from "../actors/floor/recovery_floor.ts";

/** Between two hurts, in milliseconds. */
const PAUSE_MS = { least: 20, most: 400 };

/** A hung thread spins so long. */
const HANG_MS = 3_000;

/** Hung threads at a time; each keeps a processor busy. */
const MAX_HANGING = 2;

/** Instances of a role, at least and at most. */
const INSTANCES = { least: 1, most: 3 };

/**
 * After so many hurts it is awaited that something was answered: a busy machine may be too slow to bring
 * anybody back before the next hurt, and clients do not wait for ever.
 */
const HURTS_WITHOUT_AN_ANSWER = 6;
const ANSWER_WITHIN_MS = 120_000;

/** Hurts of one floor; then it is let rest and looked at. */
const HURTS_PER_FLOOR = 40;

/** What came of it. */
export interface Hurt {
  floors: number;
  hurts: number;
  orders: number;
  records: number;
  repeats: number;
  byVerb: Record<string, number>;
}

/** Hurts workers `hurts` times. @throws {assert.AssertionError} naming the floor's folder */
export async function soakWorkers({ hurts, seed, directory, say }: {
  readonly hurts: number;
  readonly seed: number;
  /** Floors have their folders in it. */
  readonly directory: string;
  readonly say: (text: string) => void;
}): Promise<Hurt> {
  const sum: Hurt = { floors: 0, hurts: 0, orders: 0, records: 0, repeats: 0, byVerb: {} };
  while (sum.hurts < hurts) {
    const name = `floor-${seed}-${sum.floors++}`;
    const folder = `${directory}/${name}`;
    await Deno.mkdir(folder);
    const most = Math.min(HURTS_PER_FLOOR, hurts - sum.hurts);
    const limitsOfActors = { pingEveryMs: 100, unresponsiveAfterMs: 1_500, zombieAfterMs: 100 };
    let orders = 0;
    let told: readonly RuntimeEvent[] = [];
    try {
      await onStage(folder, { limitsOfActors, seed }, async (stage) => {
        told = stage.events;
        orders = await hurtWhileTrading(stage, { name, seed, most, sum });
        await stage.floor.idle();
        await assertConserved(stage.floor);
      });
      const { records, repeats, outputs } = await assertSound(folder);
      sum.orders += orders;
      sum.records += records;
      sum.repeats += repeats;
      say(
        `${name}: hurt ${most} times under ${orders} orders; ${records} records folded, ` +
          `${outputs} outputs, ${repeats} repeats; sound`,
      );
    } catch (error) {
      const lines = told.map((event) => `${JSON.stringify(event)}\n`).join("");
      await Deno.writeTextFile(`${folder}/events.ndjson`, lines);
      throw new Error(`Cannot call ${folder} sound`, { cause: error });
    }
    await Deno.remove(folder, { recursive: true });
  }
  return sum;
}

async function hurtWhileTrading(
  { floor, events }: Stage,
  { name, seed, most, sum }: {
    readonly name: string;
    readonly seed: number;
    readonly most: number;
    readonly sum: Hurt;
  },
): Promise<number> {
  const random = seededRandom(seed, name);
  const clock = floor.runtime.clock;
  let over = false;
  let orders = 0;
  const trading = (async () => {
    for (let n = 0; !over; n++) {
      orders += (await trade(floor, { name: `${name}-${n}`, orders: 200 })).length;
    }
  })();
  trading.catch(() => {}); // Told below, where it is awaited.
  try {
    let answered = 0;
    for (let n = 0; n < most; n++) {
      if (n % HURTS_WITHOUT_AN_ANSWER === 0) {
        const before = answered;
        await eventually("somebody is answered", async () => {
          answered = await answersOf(floor);
          return answered > before;
        }, ANSWER_WITHIN_MS);
      }
      await clock.sleep(PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least));
      const hanging = events.filter(({ kind }) => kind === "zombie").length -
        events.filter(({ kind }) => kind === "zombie-ended").length;
      const verb = await hurt(floor, { random, mayHang: hanging < MAX_HANGING });
      sum.byVerb[verb] = (sum.byVerb[verb] ?? 0) + 1;
      sum.hurts++;
    }
  } finally {
    over = true;
    await trading;
  }
  return orders;
}

async function answersOf({ log }: Floor): Promise<number> {
  const [notifications] = await log.describeTopics(["notifications"]);
  return notifications?.offsets.reduce((sum, { end }) => sum + end, 0) ?? 0;
}

/** Hurts one actor. @returns how */
async function hurt(
  floor: Floor,
  { random, mayHang }: { readonly random: () => number; readonly mayHang: boolean },
): Promise<string> {
  const role = CONSUMER_ROLES[Math.floor(random() * CONSUMER_ROLES.length)]!;
  const instances = instancesOf(await floor.actors(), role);
  const victim = instances[Math.floor(random() * instances.length)]!;
  const draw = random();
  try {
    if (draw < 0.35) return await done("crash", floor.actor(victim).crash());
    if (draw < 0.7) {
      return await done("terminate", Promise.resolve(floor.actor(victim).terminate()));
    }
    if (draw < 0.8) {
      if (!mayHang) return "spared";
      return await done("hang", floor.actor(victim).hang(HANG_MS));
    }
    if (draw < 0.9 && instances.length < INSTANCES.most) {
      return await done("join", floor.addInstance(role));
    }
    if (instances.length > INSTANCES.least) {
      return await done("leave", floor.removeInstance(victim));
    }
    return "spared";
  } catch (error) {
    // Between two incarnations, or going down already: there is nobody to be hurt.
    assert.ok(error instanceof Error && /^Cannot /.test(error.message), String(error));
    return "missed";
  }
}

async function done(verb: string, work: Promise<unknown>): Promise<string> {
  await work;
  return verb;
}

type View = Awaited<ReturnType<Floor["actors"]>>;

function instancesOf(view: View, role: ConsumerRole): readonly string[] {
  if (view.kind === "actor") return view.role === role ? [view.id] : [];
  return view.children.flatMap((child) => instancesOf(child, role));
}
