/** What every handle does, whatever hosts its actor. */
import assert from "node:assert/strict";
import { MailboxFull } from "../../../actors/runtime/mailbox.ts";
import { ActorCallError, RemoteError } from "../../../actors/runtime/plain_error.ts";
import { eventually } from "../../support/eventually.ts";
import { inThisThread, inWorker, onStage, type SpawnPuppet, type Stage } from "./hosts.ts";

const kinds = (stage: Stage) => stage.events.map((event) => event.kind);
const limits = { zombieAfterMs: 60 };
const isDown = { name: "ActorCallError", code: "actor-down" };

function lifeAndDeath(name: string, spawn: SpawnPuppet): void {
  onStage(`${name}: ready, then stop() drains and the end is confirmed`, async (stage) => {
    const handle = spawn(stage);
    await handle.ready;
    assert.ok(await handle.ping(1000) >= 0);
    await handle.stop(1000);
    assert.deepEqual(await handle.down, { reason: "stopped", error: null, confirmed: true });
    await handle.stop(1000);
    assert.deepEqual(kinds(stage), ["starting", "ready", "stopping", "down"]);
  });

  onStage(`${name}: run() that resolves by itself is a good end`, async (stage) => {
    const handle = spawn(stage);
    // The answer may or may not come before the end.
    await handle.ask({ do: "finish" }).catch(() => {});
    assert.equal((await handle.down).reason, "stopped");
  });

  onStage(`${name}: run() that rejects is a crash with name, code and retriable`, async (stage) => {
    const handle = spawn(stage);
    await handle.ask({ do: "fail-run" }).catch(() => {});
    const { reason, error, confirmed } = await handle.down;
    assert.equal(reason, "crashed");
    assert.equal(confirmed, true);
    assert.equal(error?.name, "CodedError");
    assert.equal(error?.message, "the run failed");
    assert.equal(error?.code, "coded");
    assert.equal(error?.retriable, true);
    assert.match(error?.stack ?? "", /puppet/);
  });

  onStage(`${name}: a factory that fails is a crash, and ready rejects`, async (stage) => {
    const handle = spawn(stage, { options: { start: "throws" } });
    await assert.rejects(handle.ready, /Cannot start "puppet-0": crashed: the factory failed/);
    assert.equal((await handle.down).error?.code, "coded");
    assert.deepEqual(kinds(stage), ["starting", "failure", "down"]);
  });

  onStage(`${name}: crash() ends it with its message`, async (stage) => {
    const handle = spawn(stage);
    await handle.crash("by the script");
    const { reason, error } = await handle.down;
    assert.equal(reason, "crashed");
    assert.equal(error?.message, "by the script");
  });

  onStage(`${name}: stop() that throws is a crash`, async (stage) => {
    const handle = spawn(stage, { options: { stop: "throws" }, limits });
    await handle.stop(1000);
    assert.equal((await handle.down).error?.message, "will not stop");
  });
}

function calls(name: string, spawn: SpawnPuppet): void {
  onStage(`${name}: ask() carries data and errors, report() and stepping work`, async (stage) => {
    const handle = spawn(stage);
    const value = { text: "x", bytes: new Uint8Array([1, 2]), map: new Map([["k", 1n]]) };
    assert.deepEqual(await handle.ask({ do: "echo", value }), value);
    await assert.rejects(handle.ask({ do: "coded-error" }), (error: unknown) => {
      assert.ok(error instanceof RemoteError);
      assert.equal(error.name, "CodedError");
      assert.equal(error.code, "coded");
      assert.equal(error.retriable, true);
      assert.match(error.remoteStack ?? "", /puppet/);
      return true;
    });
    await handle.suspend();
    await handle.step();
    await handle.step();
    const report = await handle.report();
    const counters = { steps: 2 };
    assert.deepEqual(report, { phase: "suspended", assignment: ["topic/0"], counters });
    await handle.resume();
    assert.equal((await handle.report()).phase, "running");
    await handle.stop(1000);
  });

  onStage(`${name}: a call is settled by its deadline or by death, and after it`, async (stage) => {
    const handle = spawn(stage);
    await handle.ready;
    await assert.rejects(handle.ask({ do: "never-answer" }, 5), {
      code: "actor-timeout",
      message: /Cannot ask "puppet-0:1": no answer for 5 ms/,
    });
    const asked = handle.ask({ do: "never-answer" });
    handle.terminate();
    await assert.rejects(asked, isDown);
    await handle.down;
    await assert.rejects(handle.ask({ do: "echo", value: 1 }), isDown);
    await assert.rejects(handle.ping(1000), isDown);
    await assert.rejects(handle.report(), isDown);
    await assert.rejects(handle.step(), isDown);
    await assert.rejects(handle.crash(), isDown);
    const letters = stage.runtime.deadLetters.letters().map((letter) => letter.what);
    assert.deepEqual(letters, ["ask", "ping", "report", "step", "crash"]);
    assert.equal(kinds(stage).filter((kind) => kind === "undeliverable").length, 5);
  });

  onStage(`${name}: what cannot be cloned is refused, and the actor lives on`, async (stage) => {
    const handle = spawn(stage);
    await assert.rejects(handle.ask({ do: "echo", value: () => {} }), /could not be cloned/);
    assert.equal(await handle.ask({ do: "echo", value: 1 }), 1);
    await handle.stop(1000);
  });

  onStage(`${name}: calls under way have a bound, pings are let through`, async (stage) => {
    const handle = spawn(stage);
    await handle.ready;
    const many = Array.from(
      { length: 1000 },
      () => handle.ask({ do: "never-answer" }).catch((error) => error),
    );
    await assert.rejects(handle.ask({ do: "echo", value: 1 }), { code: "actor-busy" });
    await handle.ping(5000);
    handle.terminate();
    for (const error of await Promise.all(many)) assert.ok(error instanceof ActorCallError);
  });
}

function watching(name: string, spawn: SpawnPuppet): void {
  onStage(`${name}: a start that never ends is a start-timeout`, async (stage) => {
    const handle = spawn(stage, {
      options: { start: "never" },
      limits: { ...limits, startTimeoutMs: 400 },
    });
    await assert.rejects(handle.ready, { code: "actor-down" });
    const { reason, error } = await handle.down;
    assert.equal(reason, "start-timeout");
    assert.match(error?.message ?? "", /was not ready within 400 ms/);
  });

  onStage(`${name}: one that hangs is unresponsive at its deadline`, async (stage) => {
    const limits = { pingEveryMs: 10, unresponsiveAfterMs: 60 };
    const handle = spawn(stage, { limits });
    await handle.ready;
    await handle.hang(400);
    const { reason, error } = await handle.down;
    assert.equal(reason, "unresponsive");
    assert.match(error?.message ?? "", /no ping was answered for 60 ms/);
    await handle.ended;
  });

  onStage(`${name}: one that does not stop in time is terminated`, async (stage) => {
    const handle = spawn(stage, { options: { stop: "never" }, limits });
    await handle.ready;
    await handle.stop(30);
    const { reason, error } = await handle.down;
    assert.equal(reason, "terminated");
    assert.match(error?.message ?? "", /did not stop within 30 ms/);
  });

  onStage(`${name}: terminate() before it is ready ends it too`, async (stage) => {
    const handle = spawn(stage);
    handle.terminate();
    await assert.rejects(handle.ready, { code: "actor-down" });
    assert.equal((await handle.down).reason, "terminated");
  });
}

function faults(name: string, spawn: SpawnPuppet): void {
  onStage(`${name}: disown() puts it down at once, and it works on for so long`, async (stage) => {
    const limits = { confirmMs: 5, zombieAfterMs: 20, dataCapacity: 100_000 };
    const handle = spawn(stage, { limits, options: { beatEveryMs: 1 } });
    let beats = 0;
    handle.onData((items) => void (beats += items.length));
    await eventually("it works", () => beats > 0);
    await handle.disown(200);
    const { reason, error, confirmed } = await handle.down;
    assert.equal(reason, "unresponsive");
    assert.match(error?.message ?? "", /it was disowned, and works on for 200 ms/);
    assert.equal(confirmed, false);
    const [beatsThen, toldThen] = [beats, notesOf(stage)];
    await eventually(
      "it is a zombie at work",
      () => stage.runtime.zombies.alive === 1 && beats > beatsThen,
    );
    await handle.ended;
    assert.ok(
      notesOf(stage) <= toldThen + 1,
      "what it tells meanwhile is not its successor's story",
    );
    assert.deepEqual(kinds(stage).filter((kind) => kind !== "note"), [
      ...["starting", "ready", "failure", "down", "zombie", "zombie-ended"],
    ]);
  });

  onStage(`${name}: abandonZombies() ends one that was disowned before its time`, async (stage) => {
    const handle = spawn(stage);
    await handle.ready;
    await handle.disown(600_000);
    stage.runtime.abandonZombies();
    await handle.ended;
  });

  onStage(`${name}: inject() and heal() reach the actor's faults`, async (stage) => {
    const handle = spawn(stage, { faultInjection: true });
    const fault = { id: "f1", kind: "slow", byMs: 5, where: { topic: "orders" } } as const;
    await handle.inject(fault);
    assert.deepEqual(await handle.ask({ do: "faults" }), [fault]);
    await handle.inject({ id: "f2" });
    await handle.heal("f2");
    await handle.heal("f1");
    await handle.heal("never begun");
    assert.deepEqual(await handle.ask({ do: "faults" }), []);
    await handle.stop(1000);
  });

  onStage(
    `${name}: inject() without fault injection is refused, saying how to have it`,
    async (stage) => {
      const handle = spawn(stage);
      await assert.rejects(handle.inject({ id: "f1", kind: "full" }), {
        message:
          /Cannot inject the fault "f1" into "puppet-0": .*start .* { faultInjection: true }/,
      });
      assert.deepEqual(await handle.ask({ do: "faults" }), []);
      await handle.stop(1000);
    },
  );

  onStage(`${name}: terminate() says why in what is told`, async (stage) => {
    const handle = spawn(stage);
    await handle.ready;
    handle.terminate("out of memory");
    assert.match((await handle.down).error?.message ?? "", /puppet-0.*: out of memory/);
  });
}

function notesOf({ events }: Stage): number {
  return events.filter(({ kind }) => kind === "note").length;
}

function channels(name: string, spawn: SpawnPuppet): void {
  onStage(
    `${name}: data comes in order, bounded by credits, before the end is told`,
    async (stage) => {
      const handle = spawn(stage, { limits: { dataCapacity: 16 } });
      const got: unknown[] = [];
      handle.onData((items) => {
        assert.ok(items.length <= 16);
        got.push(...items);
      });
      assert.equal(await handle.ask({ do: "send", count: 1000, how: "send" }), 1000);
      await handle.stop(1000);
      assert.deepEqual(got, Array.from({ length: 1000 }, (_, i) => i));
      assert.throws(() => handle.onData(() => {}), /it is taken/);
    },
  );

  onStage(
    `${name}: data waits for its taker, and trySend() past the bound is MailboxFull`,
    async (stage) => {
      const handle = spawn(stage, { limits: { dataCapacity: 16 } });
      await assert.rejects(handle.ask({ do: "send", count: 17, how: "trySend" }), {
        name: MailboxFull.name,
        code: "mailbox-full",
        retriable: true,
      });
      const got: unknown[] = [];
      handle.onData((items) => void got.push(...items));
      await eventually("the sixteen are here", () => got.length === 16);
      await handle.stop(1000);
    },
  );

  onStage(`${name}: a taker that throws is a dead letter, and the data goes on`, async (stage) => {
    const handle = spawn(stage, { limits: { dataCapacity: 1 } });
    let batches = 0;
    handle.onData(() => {
      batches++;
      throw new Error("taker failed");
    });
    await handle.ask({ do: "send", count: 3, how: "send" });
    await handle.stop(1000);
    assert.equal(batches, 3);
    assert.match(stage.warnings[0] ?? "", /its taker threw: taker failed/);
  });

  onStage(
    `${name}: what the actor tells is in the stream, in order, with its envelope`,
    async (stage) => {
      const handle = spawn(stage, { incarnation: 7 });
      await handle.ask({ do: "tell", count: 500 });
      await handle.stop(1000);
      const notes = stage.events.filter((event) => event.kind === "note");
      assert.deepEqual(
        notes.map((note) => note.text),
        Array.from({ length: 500 }, (_, i) => `${i}`),
      );
      assert.ok(notes.every((note) => note.actor === "puppet-0" && note.incarnation === 7));
      assert.deepEqual(stage.events.map((event) => event.number), [...stage.events.keys()]);
    },
  );
}

for (const part of [lifeAndDeath, calls, watching, faults, channels]) {
  part("worker", inWorker);
  part("local", inThisThread);
}
