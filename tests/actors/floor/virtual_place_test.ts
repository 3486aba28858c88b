/**
 * A whole floor in virtual time: the same actors, the same supervision, repeatable to the byte, whatever
 * is done to them.
 */
import assert from "node:assert/strict";
import type { CallObserver } from "../../../actors/floor/actor_host.ts";
import { assertSamePlay, playVirtualFloor, type VirtualStage } from "./virtual_floor.ts";

Deno.test("a floor in virtual time is the same again by its seed, and another by another", async () => {
  const first = await playVirtualFloor({ seed: 42 });
  assertSamePlay(first, await playVirtualFloor({ seed: 42 }));
  const other = await playVirtualFloor({ seed: 43 });
  assert.notDeepEqual(first.records, other.records);
  assert.ok(first.compared.outputs > 300, `${first.compared.outputs} outputs`);
  assert.ok(first.audit.size > 10, `${first.audit.size} files of the audit log`);
  const partitions = new Set(first.records.map((line) => line.split(",", 2).join()));
  assert.ok(partitions.size > 20, "records in every topic");
});

/** Who publishes, in order; and how many publishes of each incarnation are under way. */
class Publishes {
  readonly done: string[] = [];
  readonly #underWay = new Map<string, number>();

  readonly observe: CallObserver = ({ id, incarnation }, { operation, moment }) => {
    if (operation !== "publish") return;
    const name = `${id}:${incarnation}`;
    const change = moment === "before" ? 1 : -1;
    this.#underWay.set(name, this.underWay(name) + change);
    if (moment === "after") this.done.push(name);
  };

  underWay(name: string): number {
    return this.#underWay.get(name) ?? 0;
  }
}

/** Actors crash and are ended, one hangs and is given up, another is disowned in mid-publish. */
async function hurtThem({ floor, time, happened, events }: VirtualStage, publishes: Publishes) {
  await time.sleep(1_000);
  await floor.actor("trading-engine-0").crash("by the script");
  await time.sleep(300);
  await floor.actor("order-gateway-0").hang(1_500);
  const successor = await happened("recovered", "order-gateway-0", 2);
  const ended = await happened("zombie-ended", "order-gateway-0");
  assert.ok(successor.at < ended.at, "it works while the zombie lives");
  const given = events.find(({ kind, actor }) => kind === "failure" && actor === "order-gateway-0");
  assert.equal(given?.kind === "failure" && given.reason, "unresponsive");
  // So slow that the disowned one is in the middle of a publish when its successor begins.
  const engine = floor.actor("trading-engine-1");
  await engine.inject({ id: "slow", kind: "slow", byMs: 400 });
  while (publishes.underWay("trading-engine-1:1") === 0) await time.sleep(1);
  await engine.disown(700);
  await happened("zombie-ended", "trading-engine-1");
  // It has files open, which nobody but its host can close now.
  await floor.actor("audit-logger-0").crash("by the script");
  floor.actor("portfolio-manager-0").terminate("for a test");
  await happened("recovered", "portfolio-manager-0", 2);
}

async function playHurt(seed: number) {
  const publishes = new Publishes();
  const { observe } = publishes;
  const hurt = (stage: VirtualStage) => hurtThem(stage, publishes);
  return { played: await playVirtualFloor({ seed, hurt, observe }), publishes };
}

Deno.test("a floor in virtual time survives a crash, a hang and a zombie, and is the same again", async () => {
  const { played, publishes } = await playHurt(7);
  assertSamePlay(played, (await playHurt(7)).played);
  const faults = played.events.filter(({ kind }) => kind === "fault");
  assert.deepEqual(faults.map(({ actor, incarnation }) => `${actor}:${incarnation}`), [
    "trading-engine-1:1",
  ]);
  const { done } = publishes;
  assert.ok(
    done.lastIndexOf("trading-engine-1:1") > done.indexOf("trading-engine-1:2"),
    "the zombie published after its successor had begun to",
  );
  assert.ok(played.compared.repeats > 0, "so what both published stands in the log twice");
  assert.ok(done.includes("order-gateway-0:2") && done.includes("trading-engine-0:2"));
});
