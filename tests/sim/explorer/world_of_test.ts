import assert from "node:assert/strict";
import { FLOW_KINDS } from "../../../actors/order_command_producer/options.ts";
import { worldSchema } from "../../../sim/explorer/world.ts";
import { SEEDS, worldOf } from "../../../sim/explorer/world_of.ts";
import { wrongTarget } from "../../../sim/faults/fault_targets.ts";
import { FAULT_VERB_NAMES, verbRow } from "../../../sim/faults/fault_verbs.ts";

const WORLDS = Array.from({ length: 400 }, (_, seed) => worldOf(seed));

Deno.test("worldOf() gives the same world for the same seed, and another for another", () => {
  assert.deepEqual(worldOf(42), worldOf(42));
  assert.notDeepEqual({ ...worldOf(43), seed: 42 }, worldOf(42));
});

Deno.test("worldOf() gives worlds that survive a file", () => {
  for (const world of WORLDS) {
    assert.deepEqual(worldSchema.parse(JSON.parse(JSON.stringify(world))), world);
  }
});

Deno.test("worldOf() plans faults that the director can carry out", () => {
  for (const { seed, plan } of WORLDS) {
    for (const fault of plan.faults) {
      const { befalls, needs, takes } = verbRow(fault.verb);
      const told = JSON.stringify(fault);
      assert.equal(wrongTarget(befalls, fault.target), null, `seed ${seed}: ${told}`);
      const said = (["for", "by", "times", "records"] as const).filter((field) =>
        fault[field === "for" ? "forMs" : field === "by" ? "byMs" : field] !== undefined
      );
      assert.ok(needs.every((field) => said.includes(field)), `seed ${seed}: ${told}`);
      assert.ok(
        said.every((field) => needs.includes(field) || takes.includes(field)),
        `seed ${seed}: ${told}`,
      );
      if (fault.trigger.kind === "call") assert.equal(fault.verb, "crash", `seed ${seed}: ${told}`);
    }
  }
});

Deno.test("worldOf() leaves every verb and every kind of command out of some worlds, and has it in others", () => {
  for (const verb of FAULT_VERB_NAMES) {
    const having = WORLDS.filter(({ plan }) => plan.faults.some((fault) => fault.verb === verb));
    assert.ok(having.length >= 8 && having.length < WORLDS.length * 0.8, verb);
  }
  for (const kind of FLOW_KINDS.filter((kind) => kind !== "limit")) {
    const having = WORLDS.filter(({ plan }) => plan.flow.mix[kind] > 0);
    assert.ok(having.length >= 20 && having.length < WORLDS.length * 0.9, kind);
  }
});

Deno.test("worldOf() draws small, calm and cramped worlds among the others", () => {
  const share = (holds: (world: typeof WORLDS[number]) => boolean) =>
    WORLDS.filter(holds).length / WORLDS.length;
  assert.ok(share(({ plan }) => plan.faults.length === 0) > 0.02);
  assert.ok(share(({ plan }) => plan.faults.some(({ trigger }) => trigger.kind === "call")) > 0.4);
  assert.ok(share(({ plan }) => Object.values(plan.partitions).every((n) => n === 1)) > 0.1);
  assert.ok(share(({ plan }) => plan.partitions.orders === 6) > 0.02);
  assert.ok(share(({ plan }) => plan.limits.answersPerUser <= 5) > 0.05);
  assert.ok(share(({ plan }) => plan.limits.fingerprintsPerUser < 200) > 0.05);
  assert.ok(share(({ plan }) => plan.events.some(({ verb }) => verb === "join")) > 0.1);
  assert.ok(share(({ snapshotEveryRecords }) => snapshotEveryRecords <= 20) > 0.1);
});

Deno.test("worldOf() plans no more zombies than a process survives", () => {
  for (const { seed, plan } of WORLDS) {
    const zombies = plan.faults.filter(({ verb }) => verb === "zombie" || verb === "hang");
    assert.ok(zombies.length <= 8, `seed ${seed} plans ${zombies.length}`);
  }
});

Deno.test("worldOf() refuses what is no seed", () => {
  for (const seed of [-1, 1.5, NaN, SEEDS]) assert.throws(() => worldOf(seed), RangeError);
});
