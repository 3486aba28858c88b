import assert from "node:assert/strict";
import type { RuntimeEvent, RuntimeEventBody } from "../../../../actors/runtime/runtime_events.ts";
import {
  foldSupervision,
  type SupervisedActor,
  type SupervisionTree,
} from "../../../../sim/actor_log/views/supervision.ts";

/** What happened to whom: `gateway:2` is incarnation 2. */
function story(...lines: readonly (readonly [string, RuntimeEventBody])[]): RuntimeEvent[] {
  return lines.map(([who, body], number) => {
    const [actor = "", incarnation = "1"] = who.split(":");
    return { ...body, at: number, number, actor, incarnation: Number(incarnation) };
  });
}

function actorIn(tree: SupervisionTree, id: string): SupervisedActor {
  const found = tree.supervisors.flatMap(({ actors }) => actors).find((one) => one.id === id);
  assert.ok(found !== undefined);
  return found;
}

const starting: RuntimeEventBody = { kind: "starting" };
const ready: RuntimeEventBody = { kind: "ready", afterMs: 1 };
const assigned = (...partitions: string[]): RuntimeEventBody => ({
  kind: "assigned",
  generation: 1,
  partitions,
});
const revoked = (...partitions: string[]): RuntimeEventBody => ({
  kind: "revoked",
  generation: 2,
  partitions,
});
const down = (reason: "stopped" | "crashed" | "unresponsive"): RuntimeEventBody => ({
  kind: "down",
  reason,
  confirmed: reason !== "unresponsive",
});
const limits = { maxRestarts: 5, withinMs: 30_000 };
const restart: RuntimeEventBody = { kind: "restart", delayMs: 9, failures: 1, ...limits };
const giveUp: RuntimeEventBody = { kind: "give-up", failures: 6, ...limits };

Deno.test("foldSupervision() lists actors under their supervisors as they were first heard of", () => {
  const { supervisors } = foldSupervision(story(
    ["notifier-0", starting],
    ["order-gateway-0", starting],
    ["order-gateway-1.south", starting],
    ["meter", starting],
    ["order-command-producer-0", starting],
    ["notifier-0", ready],
  ));
  assert.deepEqual(
    supervisors.map((
      { id, actors },
    ) => [id, ...actors.map(({ id, role, phase }) => `${id} ${role} ${phase}`)]),
    [
      ["notifier", "notifier-0 notifier ready"],
      [
        "order-gateway",
        "order-gateway-0 order-gateway starting",
        "order-gateway-1.south order-gateway starting",
      ],
      ["unsupervised", "meter meter starting"],
      ["producers", "order-command-producer-0 order-command-producer starting"],
    ],
  );
});

Deno.test("foldSupervision() follows a partition from one instance to another", () => {
  const tree = foldSupervision(story(
    ["order-gateway-0", starting],
    ["order-gateway-0", assigned("order-commands/0", "order-commands/1")],
    ["order-gateway-1", starting],
    ["order-gateway-1", assigned("order-commands/1")],
    ["order-gateway-0", revoked("order-commands/1")],
  ));
  assert.deepEqual(actorIn(tree, "order-gateway-0").assignment, ["order-commands/0"]);
  assert.deepEqual(actorIn(tree, "order-gateway-1").assignment, ["order-commands/1"]);
});

Deno.test("foldSupervision() tells a crash and a restart, and that nothing is assigned meanwhile", () => {
  const before = [
    ["trading-engine-0", starting],
    ["trading-engine-0", ready],
    ["trading-engine-0", assigned("orders/3")],
    ["trading-engine-0", { kind: "failure", reason: "crashed", error: "crashed" }],
    ["trading-engine-0", down("crashed")],
    ["trading-engine-0", restart],
  ] as const;
  assert.deepEqual(actorIn(foldSupervision(story(...before)), "trading-engine-0"), {
    id: "trading-engine-0",
    role: "trading-engine",
    incarnation: 1,
    phase: "down",
    assignment: [],
    restarts: 1,
    lastDown: "crashed",
    zombies: 0,
  });
  const after = foldSupervision(story(...before, ["trading-engine-0:2", starting]));
  const { incarnation, phase, lastDown } = actorIn(after, "trading-engine-0");
  assert.deepEqual([incarnation, phase, lastDown], [2, "starting", "crashed"]);
});

Deno.test("foldSupervision() counts zombies, whose story is not their successor's", () => {
  const lines = [
    ["order-gateway-0", starting],
    ["order-gateway-0", { kind: "failure", reason: "unresponsive", error: "hung" }],
    ["order-gateway-0", down("unresponsive")],
    ["order-gateway-0", restart],
    ["order-gateway-0:2", starting],
    ["order-gateway-0:2", ready],
    ["order-gateway-0:2", assigned("order-commands/0")],
    ["order-gateway-0:1", { kind: "zombie", alive: 1, maxZombies: 8 }],
    ["order-gateway-0:1", revoked("order-commands/0")],
  ] as const;
  const actor = actorIn(foldSupervision(story(...lines)), "order-gateway-0");
  assert.deepEqual([actor.zombies, actor.phase, actor.assignment], [1, "ready", [
    "order-commands/0",
  ]]);
  const ended: RuntimeEventBody = { kind: "zombie-ended", alive: 0 };
  const later = foldSupervision(story(...lines, ["order-gateway-0:1", ended]));
  assert.equal(actorIn(later, "order-gateway-0").zombies, 0);
});

Deno.test("foldSupervision() tells who was given up, and that the root started them again", () => {
  const lines = [
    ["trading-engine-0", starting],
    ["trading-engine-1", starting],
    ["trading-engine-1", ready],
    ["trading-engine-0", down("crashed")],
    ["trading-engine", giveUp],
    ["trading-engine-1", down("stopped")],
    ["consumers", giveUp],
    ["consumers", restart],
  ] as const;
  const tree = foldSupervision(story(...lines));
  assert.equal(actorIn(tree, "trading-engine-0").phase, "given-up");
  assert.equal(actorIn(tree, "trading-engine-1").phase, "stopped");
  assert.deepEqual(
    tree.supervisors.map(({ id, gaveUp, restarts }) => [id, gaveUp, restarts]),
    [["trading-engine", true, 0], ["consumers", true, 1]],
  );
  const again = foldSupervision(story(...lines, ["trading-engine-0:2", starting]));
  assert.equal(actorIn(again, "trading-engine-0").phase, "starting");
  assert.deepEqual(again.supervisors.map(({ gaveUp }) => gaveUp), [false, false]);
});
