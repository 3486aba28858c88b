/** Traps of Web Workers on Deno, measured once and pinned here: runtimes change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DEFAULT_BACKOFF } from "../../../actors/runtime/restart_policy.ts";
import { Supervisor } from "../../../actors/runtime/supervisor.ts";
import { actorLockName, livingActors } from "../../../actors/runtime/web_locks.ts";
import { NOTICE_CAPACITY } from "../../../actors/runtime/worker_protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { settle } from "../../support/fake_clock.ts";
import { inWorker, onStage } from "./hosts.ts";

const module = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

onStage(
  "a throw in a timer of a worker is a crash, and does not end this process",
  async (stage) => {
    const handle = inWorker(stage);
    await handle.ask({ do: "throw-in-timer" }).catch(() => {});
    const { reason, error, confirmed } = await handle.down;
    assert.equal(reason, "crashed");
    assert.equal(error?.message, "thrown in a timer");
    assert.equal(error?.code, "coded");
    assert.equal(confirmed, true);
  },
);

onStage("an unhandled rejection in a worker is a crash with its error", async (stage) => {
  const handle = inWorker(stage);
  await handle.ask({ do: "unhandled-rejection" }).catch(() => {});
  const { reason, error } = await handle.down;
  assert.equal(reason, "crashed");
  assert.equal(error?.message, "nobody handles it");
  assert.equal(error?.code, "coded");
});

for (const how of ["close", "exit"] as const) {
  onStage(`${how}() in a worker, which no event tells, is seen by its lock`, async (stage) => {
    const handle = inWorker(stage);
    await handle.ready;
    await handle.ask({ do: how }).catch(() => {});
    const { reason, error, confirmed } = await handle.down;
    assert.equal(reason, "exited");
    assert.match(error?.message ?? "", /its thread ended without a word/);
    assert.equal(confirmed, true);
  });
}

onStage(
  "a missing module, a syntax error and a throw while loading are crashes at the start",
  async (stage) => {
    const modules = {
      missing: new URL("./no_such_module.ts", import.meta.url),
      syntax: module("const = ;"),
      throws: module(`throw new Error("thrown while loading")`),
    };
    for (const [id, url] of Object.entries(modules)) {
      const handle = inWorker(stage, { id, module: url });
      await assert.rejects(handle.ready, { code: "actor-down" });
      const { reason, error, confirmed } = await handle.down;
      assert.equal(reason, "crashed", id);
      assert.ok((error?.message ?? "").length > 0, id);
      assert.equal(confirmed, true, id);
    }
  },
);

onStage("a module that never calls hostActor() is a start-timeout", async (stage) => {
  const handle = inWorker(stage, { module: module("1"), limits: { startTimeoutMs: 200 } });
  assert.equal((await handle.down).reason, "start-timeout");
});

onStage("options that cannot be cloned are a crash at the start", async (stage) => {
  const options = { start: (() => {}) as never }; // A function, which no worker can be given.
  const handle = inWorker(stage, { options });
  assert.match((await handle.down).error?.message ?? "", /could not be cloned/);
});

onStage("terminate() of a worker that awaits is confirmed at once", async (stage) => {
  const handle = inWorker(stage);
  await handle.ready;
  void handle.ask({ do: "never-answer" }).catch(() => {});
  handle.terminate();
  assert.deepEqual(await handle.down, { reason: "terminated", error: null, confirmed: true });
});

onStage("terminate() of a worker that is still loading leaves nothing behind", async (stage) => {
  for (let turns = 0; turns < 8; turns++) {
    const handle = inWorker(stage, { id: `loading-${turns}` });
    for (let i = 0; i < turns; i++) await settle();
    handle.terminate();
    assert.equal((await handle.down).confirmed, true);
  }
});

onStage(
  "a worker terminated in a busy loop is a zombie; its successor works at once",
  async (stage) => {
    const { runtime, events } = stage;
    const limits = { confirmMs: 20, zombieAfterMs: 100 };
    const first = inWorker(stage, { limits });
    await first.hang(5_000);
    await eventually("it is busy", () => first.ping(20).then(() => false, () => true));
    first.terminate();
    assert.deepEqual(await first.down, { reason: "terminated", error: null, confirmed: false });
    const second = inWorker(stage, { incarnation: 2, limits });
    assert.equal(await second.ask({ do: "echo", value: "here" }), "here");
    const held = actorLockName(runtime.runId, "puppet-0", 1);
    assert.ok((await livingActors()).includes(held), "the first still spins");
    await eventually("it counts as a zombie", () => runtime.zombies.alive === 1);
    assert.deepEqual(runtime.zombies.names(), ["puppet-0:1"]);
    await first.ended;
    assert.equal(runtime.zombies.alive, 0);
    await second.stop(1000);
    const told = events.filter((event) => event.incarnation === 1).map((event) => event.kind);
    assert.deepEqual(told, ["starting", "ready", "failure", "down", "zombie", "zombie-ended"]);
  },
);

onStage("more zombies than are allowed are fatal, with a clear error", async (stage) => {
  const handle = inWorker(stage, { limits: { confirmMs: 5, zombieAfterMs: 10 } });
  await handle.hang(2_000);
  await eventually("it is busy", () => handle.ping(20).then(() => false, () => true));
  handle.terminate();
  const error = await stage.runtime.fatal;
  assert.equal(error.code, "too-many-zombies");
  assert.match(
    error.message,
    /1 zombies are alive \(puppet-0:1\), 0 are allowed; the process must exit, and .* resumed/,
  );
  await handle.ended;
}, 0);

onStage(
  "a worker with no permission for it cannot connect, write, read or see the environment",
  async (stage) => {
    const directory = await Deno.makeTempDir();
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const path = join(directory, "file");
      const { port } = listener.addr;
      const none = inWorker(stage, { id: "none" });
      const refused = { name: "NotCapable" };
      await assert.rejects(none.ask({ do: "connect", port }), refused);
      await assert.rejects(none.ask({ do: "write", path }), refused);
      await assert.rejects(none.ask({ do: "read", path }), refused);
      await assert.rejects(none.ask({ do: "env", name: "HOME" }), refused);

      const permissions = { write: [directory], net: [`127.0.0.1:${port}`] };
      const some = inWorker(stage, { id: "some", permissions });
      await some.ask({ do: "write", path });
      await assert.rejects(some.ask({ do: "read", path }), refused);
      await assert.rejects(some.ask({ do: "write", path: `${directory}-other` }), refused);
      await some.ask({ do: "connect", port });
      (await listener.accept()).close();
      await none.stop(1000);
      await some.stop(1000);
    } finally {
      listener.close();
      await Deno.remove(directory, { recursive: true });
    }
  },
);

onStage(
  "a supervisor brings crashed, closed and hung workers back as new incarnations",
  async (stage) => {
    const { runtime } = stage;
    const limits = { pingEveryMs: 20, unresponsiveAfterMs: 200, confirmMs: 20 };
    const child = (id: string) => ({
      kind: "actor" as const,
      id,
      role: "puppet",
      restart: "permanent" as const,
      shutdownMs: 1000,
      start: (incarnation: number) => inWorker(stage, { id, incarnation, limits }),
    });
    const policy = {
      maxRestarts: 5,
      withinMs: 30_000,
      backoff: { ...DEFAULT_BACKOFF, initialMs: 10 },
    };
    const root = new Supervisor({
      kind: "supervisor",
      id: "root",
      strategy: "one-for-one",
      restart: "permanent",
      policy,
      children: [child("a"), child("b"), child("c")],
    }, runtime);
    await root.start().ready;
    await root.actor("a")?.crash();
    await root.actor("b")?.ask({ do: "close" }).catch(() => {});
    await root.actor("c")?.hang(600);
    for (const id of ["a", "b", "c"]) {
      await eventually(`${id} is back`, () => {
        const node = root.tree().children.find((one) => one.id === id);
        return node?.incarnation === 2 && node.phase === "running";
      });
      assert.equal(await root.actor(id)?.ask({ do: "echo", value: id }), id);
    }
    const reasons = root.tree().children.map((node) => node.lastFailure?.reason);
    assert.deepEqual(reasons, ["crashed", "exited", "unresponsive"]);
    await root.stop();
  },
);

onStage("events past the bound of the notices are counted, and the loss is told", async (stage) => {
  const handle = inWorker(stage);
  // One turn of the worker, in which no credit can come back; one notice was its being ready.
  await handle.ask({ do: "tell", count: NOTICE_CAPACITY + 500 });
  await eventually("they are here", () => stage.events.length >= NOTICE_CAPACITY);
  await handle.ask({ do: "tell", count: 1 });
  await handle.stop(1000);
  const texts = stage.events.flatMap((event) => event.kind === "note" ? [event.text] : []);
  const lost = Number(/^(\d+) runtime events were lost/.exec(texts.at(-2) ?? "")?.[1]);
  assert.ok(lost >= 500);
  assert.equal(texts.length - 2 + lost, NOTICE_CAPACITY + 500);
});

Deno.test("hostActor() outside a worker of ours is refused", async () => {
  const { hostActor } = await import("../../../actors/runtime/worker_host.ts");
  assert.throws(
    () => hostActor(() => Promise.reject(new Error("never made"))),
    /Cannot host an actor: this is not a worker started by spawnWorker/,
  );
});
