/** Faults of the log, injected into actors in workers and in the caller's thread. */
import assert from "node:assert/strict";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { LogFault } from "../../../kafka/fault_injection/log_fault.ts";
import { startFloor } from "../../../mod.ts";
import { eventually } from "../../support/eventually.ts";
import { assertConserved, assertSound, onStage, trade, withFolder } from "./recovery_floor.ts";

const CRASHES: readonly LogFault[] = (["before", "after"] as const).map((moment) => ({
  id: `crash-${moment}`,
  kind: "crash",
  operation: "publish",
  moment,
  where: { topic: "notifications" },
}));

/** What was told of an actor, but for its daily work. */
function storyOf(events: readonly RuntimeEvent[], actor: string): readonly string[] {
  const told = events.filter((event) => event.actor === actor);
  return told.flatMap((event) => {
    if (event.kind === "fault") return [`fault ${event.fault} ${event.what}`];
    if (event.kind === "failure") return [`failure ${event.error}`];
    return event.kind === "recovered" || event.kind === "down" ? [event.kind] : [];
  });
}

Deno.test("inject() ends a worker at a publish: the fault is told first, and nothing is lost or doubled", async () => {
  await withFolder(async (directory) => {
    const options = { faultInjection: true };
    await onStage(directory, options, async ({ floor, events }) => {
      const trading = trade(floor, { name: "injected", orders: 200 });
      for (const [n, fault] of CRASHES.entries()) {
        await floor.actor("order-gateway-0").inject(fault);
        await eventually(
          "a successor has recovered",
          () =>
            events.some(({ actor, kind, incarnation }) =>
              actor === "order-gateway-0" && kind === "recovered" && incarnation === n + 2
            ),
        );
      }
      await floor.actor("trading-engine-0").inject({
        id: "lost",
        kind: "lost-acknowledgement",
        times: 2,
      });
      await floor.actor("trading-engine-0").inject({ id: "slow", kind: "slow", byMs: 20 });
      await trading;
      await floor.actor("trading-engine-0").heal("slow");
      await floor.idle();
      await assertConserved(floor);
      const story = storyOf(events, "order-gateway-0").filter((line) => line !== "recovered");
      assert.deepEqual(story.map((line) => line.replace(/:.*/, "")), [
        "fault crash-before crash",
        "failure crashed",
        "down",
        "fault crash-after crash",
        "failure crashed",
        "down",
      ]);
      const engine = storyOf(events, "trading-engine-0");
      assert.ok(engine.includes("fault lost lost-acknowledgement"));
      assert.ok(engine.includes("fault slow slow"));
    });
    const { repeats } = await assertSound(directory);
    assert.ok(
      repeats > 0,
      "what was stored before a crash or a lost acknowledgement is sent again",
    );
  });
});

Deno.test("inject() on a floor without fault injection is refused, and harms nothing", async () => {
  await using floor = await startFloor({
    log: "memory",
    symbols: ["AAPL"],
    accounts: [{ userId: "501", cash: 1_000 }],
  });
  const engine = floor.actor("trading-engine-0");
  await assert.rejects(
    engine.inject({ id: "full", kind: "full" }),
    /Cannot inject the fault "full" into "trading-engine-0": .* { faultInjection: true }/,
  );
  await assert.rejects(engine.heal("full"), /Cannot .*"full".*{ faultInjection: true }/);
  await floor.idle();
  assert.equal((await floor.portfolio("501"))?.cash, 1_000);
});

Deno.test("inject() works in the caller's thread as it does in a worker", async () => {
  const events: RuntimeEvent[] = [];
  await using floor = await startFloor({
    log: "memory",
    symbols: ["AAPL"],
    accounts: [{ userId: "501", cash: 1_000 }],
    faultInjection: true,
    onEvent: (event) => events.push(event),
  });
  await floor.actor("order-gateway-0").inject(CRASHES[1]!);
  await floor.orders.deposit({ depositId: "d1", userId: "501", amount: 250 });
  await floor.idle();
  assert.equal((await floor.portfolio("501"))?.cash, 1_250);
  assert.deepEqual(floor.actorIds().filter((id) => id.startsWith("order")), ["order-gateway-0"]);
  const source = { actor: "order-gateway-0", incarnation: 2 };
  floor.runtime.events.append(source, { kind: "fault", fault: "f", what: "terminate" });
  assert.equal(storyOf(events, "order-gateway-0").at(-1), "fault f terminate");
  const story = storyOf(events, "order-gateway-0").slice(0, -1)
    .map((line) => line.replace(/:.*/, ""));
  assert.deepEqual(story.filter((line) => line !== "recovered"), [
    "fault crash-after crash",
    "failure crashed",
    "down",
  ]);
});
