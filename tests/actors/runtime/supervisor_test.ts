import assert from "node:assert/strict";
import fc from "fast-check";
import type { Strategy, SupervisorSpec } from "../../../actors/runtime/child_spec.ts";
import { DEFAULT_BACKOFF, type RestartPolicy } from "../../../actors/runtime/restart_policy.ts";
import { Runtime } from "../../../actors/runtime/runtime.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { Supervisor } from "../../../actors/runtime/supervisor.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FakeFloor } from "./fake_actors.ts";

const policy: RestartPolicy = { maxRestarts: 3, withinMs: 60_000, backoff: DEFAULT_BACKOFF };

function specOf(
  strategy: Strategy,
  children: SupervisorSpec["children"],
  changes: Partial<SupervisorSpec> = {},
): SupervisorSpec {
  return {
    kind: "supervisor",
    id: "root",
    strategy,
    restart: "permanent",
    policy,
    children,
    ...changes,
  };
}

/** A supervisor with fakes a, b and c under a clock that stands still; every delay is its ceiling. */
function stage(strategy: Strategy = "one-for-one", changes: Partial<SupervisorSpec> = {}) {
  const clock = new FakeClock();
  const floor = new FakeFloor();
  const events: RuntimeEvent[] = [];
  const runtime = new Runtime({ runId: "stage", clock, random: () => 0.999999, warn: () => {} });
  runtime.events.addSink((event) => events.push(event));
  const children = changes.children ?? ["a", "b", "c"].map((id) => floor.child(id));
  const root = new Supervisor(specOf(strategy, children, changes), runtime);
  return { clock, floor, events, runtime, root };
}

Deno.test("Supervisor starts children in order, each after the one before is ready", async () => {
  for (const strategy of ["one-for-one", "one-for-all", "rest-for-one"] as const) {
    const { floor, root } = stage(strategy);
    floor.readyAtOnce = false;
    const life = root.start();
    await settle();
    assert.deepEqual(floor.read(), ["start a:1"]);
    floor.handle("a").becomeReady();
    await settle();
    assert.deepEqual(floor.read(), ["ready a:1", "start b:1"]);
    floor.handle("b").becomeReady();
    await settle();
    floor.handle("c").becomeReady();
    await life.ready;
    assert.deepEqual(floor.read(), ["ready b:1", "start c:1", "ready c:1"]);
    await root.stop();
  }
});

Deno.test("Supervisor.stop() stops in reverse order, one after another, each in its own time", async () => {
  const { floor, root } = stage();
  const life = root.start();
  await life.ready;
  floor.holdStops = true;
  floor.read();
  const stopped = root.stop();
  assert.deepEqual(floor.read(), ["stop c:1"]);
  floor.handle("c").fall("stopped");
  await settle();
  floor.handle("b").fall("stopped");
  await settle();
  floor.handle("a").fall("stopped");
  await stopped;
  assert.deepEqual(floor.read(), [
    "stopped c:1",
    "stop b:1",
    "stopped b:1",
    "stop a:1",
    "stopped a:1",
  ]);
  assert.equal(floor.handle("a").stopDeadlineMs, 1000);
  assert.deepEqual(await life.down, { reason: "stopped", error: null, confirmed: true });
  await root.stop();
});

Deno.test("Supervisor one-for-one starts only the child that failed, after its backoff", async () => {
  const { clock, floor, root, events } = stage();
  await root.start().ready;
  floor.read();
  floor.handle("b").fall();
  await clock.advance(249);
  assert.deepEqual(floor.read(), ["crashed b:1"]);
  assert.equal(root.tree().children[1]?.phase, "backoff");
  await clock.advance(1);
  assert.deepEqual(floor.read(), ["start b:2", "ready b:2"]);
  assert.deepEqual(events.at(-1), {
    kind: "restart",
    delayMs: 250,
    failures: 1,
    maxRestarts: 3,
    withinMs: 60_000,
    at: 0,
    number: 0,
    actor: "b",
    incarnation: 1,
  });
  await root.stop();
});

Deno.test("Supervisor one-for-all stops the others in reverse order and starts all again in order", async () => {
  const { clock, floor, root } = stage("one-for-all");
  await root.start().ready;
  floor.read();
  floor.handle("b").fall();
  await clock.advance(250);
  assert.deepEqual(floor.read(), [
    "crashed b:1",
    "stop c:1",
    "stopped c:1",
    "stop a:1",
    "stopped a:1",
    "start a:2",
    "ready a:2",
    "start b:2",
    "ready b:2",
    "start c:2",
    "ready c:2",
  ]);
  await root.stop();
});

Deno.test("Supervisor rest-for-one leaves those before the failed child alone", async () => {
  const { clock, floor, root } = stage("rest-for-one");
  await root.start().ready;
  floor.read();
  floor.handle("b").fall("unresponsive");
  await clock.advance(250);
  assert.deepEqual(floor.read(), [
    "unresponsive b:1",
    "stop c:1",
    "stopped c:1",
    "start b:2",
    "ready b:2",
    "start c:2",
    "ready c:2",
  ]);
  assert.equal(root.actor("a")?.incarnation, 1);
  assert.equal(root.actor("c")?.incarnation, 2);
  await root.stop();
});

Deno.test("Supervisor starts nothing beside a sibling that is still going down", async () => {
  const { clock, floor, root } = stage("one-for-all");
  await root.start().ready;
  floor.holdStops = true;
  floor.read();
  floor.handle("a").fall();
  await clock.advance(60_000);
  assert.deepEqual(floor.read(), ["crashed a:1", "stop c:1"]);
  floor.handle("c").fall("terminated");
  await settle();
  floor.handle("b").fall("stopped");
  await settle();
  assert.deepEqual(floor.read().slice(0, 4), [
    "terminated c:1",
    "stop b:1",
    "stopped b:1",
    "start a:2",
  ]);
  floor.holdStops = false;
  await root.stop();
});

Deno.test("Supervisor gives up past its intensity, stops the others and says why", async () => {
  const { clock, floor, root, events } = stage();
  const life = root.start();
  await life.ready;
  for (let i = 0; i < 3; i++) {
    floor.handle(i % 2 === 0 ? "b" : "c").fall();
    await clock.advance(2000);
  }
  floor.read();
  floor.handle("b").fall("crashed", "the last straw");
  const down = await life.down;
  assert.deepEqual(floor.read(), [
    "crashed b:3",
    "stop c:2",
    "stopped c:2",
    "stop a:1",
    "stopped a:1",
  ]);
  assert.equal(down.reason, "crashed");
  assert.equal(down.error?.code, "supervisor-gave-up");
  assert.match(
    down.error?.message ?? "",
    /Cannot keep "root" running: .* failed 4 times within 60000 ms, 3 .*"b": crashed: the last straw/,
  );
  const last = events.at(-1);
  assert.equal(last?.kind, "give-up");
  assert.equal(last?.actor, "root");
  assert.deepEqual(clock.pending, []);
  assert.equal(root.tree().phase, "down");
});

Deno.test("Supervisor restarts without end when failures are further apart than the window", async () => {
  const { clock, floor, root } = stage();
  await root.start().ready;
  for (let i = 1; i <= 20; i++) {
    floor.handle("a").fall();
    await clock.advance(30_000);
    assert.equal(floor.handle("a").incarnation, i + 1);
  }
  assert.equal(root.tree().children[0]?.restarts, 20);
  await root.stop();
});

Deno.test("Supervisor escalates: the one above starts the whole subtree again, then gives up itself", async () => {
  const clock = new FakeClock();
  const floor = new FakeFloor();
  const runtime = new Runtime({ runId: "e", clock, random: () => 0, warn: () => {} });
  const strict = { ...policy, maxRestarts: 0 };
  const pool = specOf("one-for-one", [floor.child("x"), floor.child("y")], {
    id: "pool",
    policy: strict,
  });
  const spec = specOf("rest-for-one", [floor.child("a"), pool, floor.child("z")], {
    policy: { ...policy, maxRestarts: 1 },
  });
  const root = new Supervisor(spec, runtime);
  const life = root.start();
  await life.ready;
  floor.read();
  floor.handle("x").fall();
  await clock.advance(0);
  assert.deepEqual(floor.read(), [
    "crashed x:1",
    "stop y:1",
    "stopped y:1",
    "stop z:1",
    "stopped z:1",
    "start x:2",
    "ready x:2",
    "start y:2",
    "ready y:2",
    "start z:2",
    "ready z:2",
  ]);
  const node = root.tree().children[1];
  assert.equal(node?.incarnation, 2);
  assert.match(node?.lastFailure?.error ?? "", /Cannot keep "pool" running/);
  floor.handle("y").fall();
  const down = await life.down;
  assert.match(down.error?.message ?? "", /"root".*"pool": crashed: Cannot keep "pool".*"y"/);
  assert.equal(floor.read().at(-1), "stopped a:1");
});

Deno.test("Supervisor leaves down what its restart type says, and keeps the others", async () => {
  const floor = new FakeFloor();
  const children = [
    floor.child("temporary", "temporary"),
    floor.child("transient", "transient"),
    floor.child("permanent", "permanent"),
  ];
  const { clock, root } = stage("one-for-one", { children });
  await root.start().ready;
  floor.handle("temporary").fall("crashed");
  floor.handle("transient").fall("stopped");
  floor.handle("permanent").fall("stopped");
  await clock.advance(250);
  const phases = root.tree().children.map((child) => child.phase);
  assert.deepEqual(phases, ["down", "down", "running"]);
  assert.equal(root.actor("transient"), null);
  await root.stop();
});

Deno.test("Supervisor counts a start that throws, and a child down before ready, as failures", async () => {
  const { clock, floor, root } = stage("rest-for-one");
  floor.brokenStarts.add("b");
  const life = root.start();
  await clock.advance(249);
  assert.deepEqual(floor.read(), ["start a:1", "ready a:1", "start b:1"]);
  floor.readyAtOnce = false;
  await clock.advance(1);
  floor.handle("b").fall("start-timeout", "too slow");
  await clock.advance(500);
  floor.handle("b").becomeReady();
  await settle();
  floor.handle("c").becomeReady();
  await life.ready;
  const node = root.tree().children[1];
  assert.equal(node?.incarnation, 3);
  assert.deepEqual(node?.lastFailure, { at: 250, reason: "start-timeout", error: "too slow" });
  await root.stop();
});

Deno.test("Supervisor.stop() during a backoff ends it, and ready rejects", async () => {
  const { clock, floor, root } = stage();
  floor.brokenStarts.add("a");
  const life = root.start();
  await settle();
  await root.stop();
  await assert.rejects(life.ready, /"root" was stopped/);
  assert.deepEqual(clock.pending, []);
  await clock.advance(60_000);
  assert.ok(!floor.diary.includes("start a:2"));
});

Deno.test("Supervisor.add() joins a child at the end, Supervisor.remove() lets it go and forgets it", async () => {
  const { clock, floor, root } = stage();
  await root.start().ready;
  floor.read();
  await root.add(floor.child("d"));
  assert.deepEqual(floor.read(), ["start d:1", "ready d:1"]);
  await assert.rejects(root.add(floor.child("a")), /Cannot add "a": the id is in the tree already/);
  floor.handle("d").fall();
  await clock.advance(250);
  assert.equal(root.actor("d")?.incarnation, 2);
  await root.remove("b");
  await root.remove("d");
  assert.deepEqual(floor.read().slice(-4), ["stop b:1", "stopped b:1", "stop d:2", "stopped d:2"]);
  assert.deepEqual(root.tree().children.map((child) => child.id), ["a", "c"]);
  await assert.rejects(root.remove("b"), /"root" has no such child/);
  await root.add(floor.child("b"));
  assert.equal(root.actor("b")?.incarnation, 2);
  await root.stop();
});

Deno.test("Supervisor.add() reaches a supervisor below, and what joined survives its restart", async () => {
  const clock = new FakeClock();
  const floor = new FakeFloor();
  const runtime = new Runtime({ runId: "e", clock, random: () => 0, warn: () => {} });
  const pool = specOf("one-for-one", [floor.child("x")], {
    id: "pool",
    policy: { ...policy, maxRestarts: 0 },
  });
  const root = new Supervisor(specOf("one-for-one", [pool]), runtime);
  await root.start().ready;
  await root.supervisor("pool")?.add(floor.child("y"));
  floor.handle("x").fall();
  await clock.advance(0);
  assert.equal(root.actor("y")?.incarnation, 2);
  await assert.rejects(root.add(floor.child("y")), /in the tree already/);
  await root.stop();
});

Deno.test("Supervisor one-for-one restarts a child while another is slow to start for the first time", async () => {
  const { clock, floor, root } = stage();
  await root.start().ready;
  floor.readyAtOnce = false;
  const joining = root.add(floor.child("slow"));
  const queued = root.add(floor.child("queued"));
  floor.handle("c").fall();
  await clock.advance(250);
  assert.equal(floor.handle("c").incarnation, 2);
  assert.ok(!floor.diary.includes("start queued:1"));
  floor.handle("slow").becomeReady();
  await joining;
  floor.handle("queued").becomeReady();
  await queued;
  await root.stop();
});

Deno.test("Supervisor.remove() during a backoff or a start takes the child out at once or after its stop", async () => {
  const { clock, floor, root } = stage();
  await root.start().ready;
  floor.handle("a").fall();
  await settle();
  await root.remove("a");
  floor.readyAtOnce = false;
  const joining = root.add(floor.child("d"));
  await root.remove("d");
  await assert.rejects(joining, /Cannot start "d": it was removed/);
  await clock.advance(10_000);
  assert.deepEqual(root.tree().children.map((child) => child.id), ["b", "c"]);
  await root.stop();
});

Deno.test("Supervisor.terminate() ends all children at once", async () => {
  const { floor, root } = stage();
  const life = root.start();
  await life.ready;
  floor.holdStops = true;
  root.terminate();
  assert.equal((await life.down).reason, "terminated");
});

Deno.test("Supervisor.tree() is plain data: ids, roles, phases, restarts, last failure, children", async () => {
  const { clock, floor, root } = stage("rest-for-one");
  await root.start().ready;
  floor.handle("c").fall();
  await clock.advance(250);
  const tree = root.tree();
  assert.deepEqual(structuredClone(tree), tree);
  assert.equal(tree.strategy, "rest-for-one");
  assert.equal(tree.phase, "running");
  assert.deepEqual(tree.children[2], {
    id: "c",
    role: "fake",
    kind: "actor",
    phase: "running",
    incarnation: 2,
    restarts: 1,
    lastFailure: { at: 0, reason: "crashed", error: "boom" },
    strategy: null,
    children: [],
  });
  await root.stop();
});

Deno.test("Supervisor refuses a spec with an id twice or limits that mean nothing", () => {
  const { floor, runtime } = stage();
  const make = (spec: SupervisorSpec) => () => new Supervisor(spec, runtime);
  const twice = [floor.child("a"), specOf("one-for-one", [floor.child("a")], { id: "pool" })];
  assert.throws(make(specOf("one-for-one", twice)), /Cannot supervise "a": the id is there twice/);
  const never = [floor.child("a", "permanent", Infinity)];
  assert.throws(make(specOf("one-for-one", never)), /shutdownMs is Infinity/);
  const endless = { policy: { ...policy, maxRestarts: Number.NaN } };
  assert.throws(make(specOf("one-for-one", [], endless)), /maxRestarts is NaN/);
});

Deno.test("Supervisor brings every permanent child back from any failures within its limits", async () => {
  const strategies = fc.constantFrom<Strategy>("one-for-one", "one-for-all", "rest-for-one");
  const falls = fc.array(
    fc.record({ child: fc.constantFrom("a", "b", "c"), afterMs: fc.nat(3000) }),
    { maxLength: 15 },
  );
  await fc.assert(
    fc.asyncProperty(strategies, falls, fc.integer(), async (strategy, todo, seed) => {
      const clock = new FakeClock();
      const floor = new FakeFloor();
      const runtime = new Runtime({
        runId: "p",
        clock,
        random: seededRandom(seed),
        warn: () => {},
      });
      const children = ["a", "b", "c"].map((id) => floor.child(id));
      const generous = { ...policy, maxRestarts: 100 };
      const root = new Supervisor(specOf(strategy, children, { policy: generous }), runtime);
      await root.start().ready;
      for (const { child, afterMs } of todo) {
        await clock.advance(afterMs);
        if (root.actor(child) !== null) floor.handle(child).fall();
      }
      await clock.advance(60_000);
      assert.deepEqual(root.tree().children.map((one) => one.phase), Array(3).fill("running"));
      // Never two incarnations of one child at a time.
      const up = new Map<string, string>();
      for (const entry of floor.diary) {
        const [what, who] = entry.split(" ") as [string, string]; // Written so by the fakes.
        const id = who.split(":")[0] ?? "";
        if (what === "start") {
          assert.equal(up.get(id), undefined);
          up.set(id, who);
        } else if (what === "stopped" || what === "crashed") {
          up.delete(id);
        }
      }
      await root.stop();
      assert.deepEqual(clock.pending, []);
    }),
    { numRuns: 40 },
  );
});
