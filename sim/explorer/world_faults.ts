/**
 * What goes wrong in a world: a list of planned faults, each verb in some worlds only.
 *
 * @module
 */

import type { PlannedFault } from "../faults/planned_fault.ts";
import type { Dice } from "./dice.ts";
import {
  anyActor,
  anyConsumer,
  anyPlace,
  anyProducer,
  anyState,
  type FaultyWorld,
  partitionOf,
  roleOf,
} from "./world_targets.ts";

/** Faults of one verb in one world; of those that leave a zombie fewer, since a process bears but few. */
const MAX_OF_A_VERB = { usually: 5, zombies: 3 } as const;

/** How long faults last, in ms of virtual time. */
const LASTING_MS = { least: 10, most: 1_500 } as const;

/** How far a producer's clock jumps, either way. */
const MAX_JUMP_MS = 3_600_000;

/** The calls before and after which actors crash, by role. */
const CALLS = ["publish", "commit", "poll", "heartbeat", "join", "read"] as const;

/** Runtime events upon which something goes wrong. */
const EVENTS = ["ready", "assigned", "revoked", "recovered", "commit", "snapshot"] as const;

/** Topics whose growth triggers faults. */
const GROWING = ["order-commands", "orders", "notifications"] as const;

/** Those to which they write a message on which a fold throws. */
const FOLDED = ["order-commands", "orders", "notifications"] as const;

type Trigger = PlannedFault["trigger"];
type Verb = PlannedFault["verb"];
type Draft = Omit<PlannedFault, "trigger" | "verb">;

/** How a verb is drawn, and in how many of a hundred stormy worlds it occurs. */
interface VerbDraw {
  readonly verb: Verb;
  readonly chance: number;
  readonly draw: (dice: Dice, world: FaultyWorld) => Draft;
}

const VERBS: readonly VerbDraw[] = [
  { verb: "crash", chance: 45, draw: (dice, world) => ({ target: anyActor(dice, world) }) },
  { verb: "terminate", chance: 30, draw: (dice, world) => ({ target: anyActor(dice, world) }) },
  {
    verb: "hang",
    chance: 25,
    draw: (dice, world) => ({ target: anyConsumer(dice, world), ...lasting(dice) }),
  },
  { verb: "outOfMemory", chance: 10, draw: (dice, world) => ({ target: anyActor(dice, world) }) },
  {
    verb: "zombie",
    chance: 30,
    draw: (dice, world) => ({ target: anyConsumer(dice, world), ...lasting(dice) }),
  },
  {
    verb: "pause",
    chance: 15,
    draw: (dice, world) => ({ target: anyConsumer(dice, world), ...lasting(dice) }),
  },
  {
    verb: "slow",
    chance: 20,
    draw: (dice, world) => ({
      target: anyActor(dice, world),
      byMs: dice.scale(1, 200),
      ...lasting(dice),
    }),
  },
  {
    verb: "rebalance",
    chance: 30,
    draw: (dice, world) => ({ target: roleOf(dice, world) }),
  },
  {
    verb: "duplicate",
    chance: 30,
    draw: (dice, world) => ({ target: anyConsumer(dice, world) }),
  },
  {
    verb: "redeliver",
    chance: 30,
    draw: (dice, world) => ({ target: anyConsumer(dice, world), records: dice.scale(1, 500) }),
  },
  {
    verb: "delayAck",
    chance: 20,
    draw: (dice, world) => ({
      target: anyPlace(dice, world),
      byMs: dice.scale(5, 500),
      ...lasting(dice),
    }),
  },
  {
    verb: "loseAck",
    chance: 35,
    draw: (dice, world) => ({ target: anyPlace(dice, world), times: dice.scale(1, 8) }),
  },
  { verb: "cut", chance: 12, draw: (dice) => ({ target: "log", ...lasting(dice) }) },
  { verb: "stall", chance: 12, draw: (dice) => ({ target: "log", ...lasting(dice) }) },
  {
    verb: "delay",
    chance: 12,
    draw: (dice) => ({ target: "log", byMs: dice.scale(1, 100), ...lasting(dice) }),
  },
  { verb: "fillDisk", chance: 12, draw: (dice) => ({ target: "log", ...lasting(dice) }) },
  {
    verb: "loseSnapshot",
    chance: 15,
    draw: (dice, world) => ({ target: anyState(dice, world) }),
  },
  {
    verb: "tearSnapshot",
    chance: 20,
    draw: (dice, world) => ({ target: anyState(dice, world) }),
  },
  {
    verb: "poison",
    chance: 20,
    // Anybody's bytes may come there. What actors alone write to is the trust that a log must give.
    draw: (dice, world) => ({ target: partitionOf(dice, world, "order-commands") }),
  },
  {
    verb: "poisonFold",
    chance: 12,
    draw: (dice, world) => ({ target: partitionOf(dice, world, dice.pick(FOLDED)) }),
  },
  {
    verb: "jumpClock",
    chance: 20,
    draw: (dice, world) => ({
      target: anyProducer(dice, world),
      byMs: dice.scale(1, MAX_JUMP_MS) * (dice.percent(50) ? 1 : -1),
    }),
  },
];

/** In so many of a hundred worlds nothing goes wrong: what is found there needs no fault. */
const CALM = 8;

/** So many of a hundred zombies, and of snapshots lost or torn, come with what makes them bite. */
const COMPANIONS = 60;

/** The faults of a world. */
export function drawFaults(dice: Dice, world: FaultyWorld): PlannedFault[] {
  if (dice.percent(CALM)) return [];
  const faults: PlannedFault[] = [];
  for (const { verb, chance, draw } of VERBS) {
    if (!dice.percent(chance)) continue;
    const most = MAX_OF_A_VERB[verb === "zombie" || verb === "hang" ? "zombies" : "usually"];
    for (let left = dice.scale(1, most); left > 0; left--) {
      const drawn = draw(dice, world);
      const trigger = triggerOf(verb, drawn, { dice, world });
      faults.push(...withCompanion({ trigger, verb, ...drawn }, dice));
    }
  }
  return [...faults, ...drawCrashPoints(dice, world)];
}

/** A fault and what makes it bite, in some worlds. */
function withCompanion(fault: PlannedFault, dice: Dice): readonly PlannedFault[] {
  const { trigger, verb, target } = fault;
  if (!dice.percent(COMPANIONS)) return [fault];
  switch (verb) {
    case "zombie": {
      // So that it has something under way when it is given up.
      const byMs = dice.scale(20, 300);
      return [{ trigger, verb: "slow", target, byMs, forMs: LASTING_MS.most }, fault];
    }
    case "loseSnapshot":
    case "tearSnapshot":
      // So that somebody looks for it before there is a newer one.
      return [fault, { trigger, verb: "terminate", target }];
    default:
      return [fault];
  }
}

/** A snapshot is taken away or torn when there is one. */
function triggerOf(
  verb: Verb,
  { target }: Draft,
  { dice, world }: { readonly dice: Dice; readonly world: FaultyWorld },
): Trigger {
  if (verb !== "loseSnapshot" && verb !== "tearSnapshot") return drawTrigger(dice, world);
  const [actor = target] = target.split(" ");
  return { kind: "event", event: "snapshot", nth: dice.scale(1, 12), actor };
}

/** Crashes before and after calls of the log: in two of three worlds, then up to a dozen. */
function drawCrashPoints(dice: Dice, world: FaultyWorld): PlannedFault[] {
  if (dice.percent(33)) return [];
  // Some worlds insist on one place, so that an actor dies again at what it died of before.
  const insisting = dice.percent(30);
  const target = anyActor(dice, world);
  const call = dice.pick(CALLS);
  const moment = dice.pick(["before", "after"]);
  return Array.from({ length: dice.scale(1, 12) }, (): PlannedFault => {
    const nth = dice.scale(1, 60);
    if (insisting) {
      return { trigger: { kind: "call", call, moment, nth: 1 + nth % 3 }, verb: "crash", target };
    }
    return {
      trigger: {
        kind: "call",
        // What is published and committed is what can be lost and doubled.
        call: dice.percent(60) ? dice.pick(["publish", "commit"]) : dice.pick(CALLS),
        moment: dice.pick(["before", "after"]),
        nth,
      },
      verb: "crash",
      target: anyActor(dice, world),
    };
  });
}

function drawTrigger(dice: Dice, world: FaultyWorld): Trigger {
  const kind = dice.whole(0, 9);
  if (kind < 6) return { kind: "time", atMs: dice.whole(0, world.durationMs) };
  if (kind < 8) return { kind: "count", topic: dice.pick(GROWING), records: dice.scale(1, 300) };
  return {
    kind: "event",
    event: dice.pick(EVENTS),
    nth: dice.scale(1, 20),
    ...(dice.percent(50) ? { actor: anyConsumer(dice, world) } : {}),
  };
}

function lasting(dice: Dice): { readonly forMs: number } {
  return { forMs: dice.scale(LASTING_MS.least, LASTING_MS.most) };
}
