import assert from "node:assert/strict";
import { type Change, differenceOf } from "../../../../sim/actor_log/views/difference.ts";
import { MAX_LADDER_LEVELS } from "../../../../sim/actor_log/views/engine_lens.ts";
import type { StateValue, StateView } from "../../../../sim/actor_log/views/state_view.ts";
import { StepFloor } from "./step_floor.ts";

function view(value: { readonly [name: string]: StateValue }): StateView {
  return { subject: "account alice", value };
}

function lines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ path, kind, before, after }) =>
    `${path.join(".")} ${kind} ${JSON.stringify(before)} ${JSON.stringify(after)}`
  );
}

Deno.test("differenceOf() names what changed, came and went, in the views' own order", () => {
  const before = view({ cash: { available: "2.00", reserved: "0.00" }, order: null, gone: 1 });
  const after = view({ cash: { available: "1.00", reserved: "0.00" }, order: { n: 1 }, here: [1] });
  assert.deepEqual(lines(differenceOf(before, after)), [
    'cash.available changed "2.00" "1.00"',
    'order changed null {"n":1}',
    "gone removed 1 null",
    "here added null [1]",
  ]);
  assert.deepEqual(differenceOf(after, structuredClone(after)), []);
});

Deno.test("differenceOf() takes names of users and symbols as names, whatever they are", () => {
  const named = (lots: string) =>
    view({ holdings: Object.fromEntries([["__proto__", lots], ["constructor", "1"]]) });
  assert.deepEqual(lines(differenceOf(named("1"), named("2"))), [
    'holdings.__proto__ changed "1" "2"',
  ]);
  assert.deepEqual(lines(differenceOf(view({ holdings: {} }), named("1"))), [
    'holdings.__proto__ added null "1"',
    'holdings.constructor added null "1"',
  ]);
});

Deno.test("differenceOf() names a ladder's levels by price, lots before and after", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000);
  floor.opens("bob", 0, { AAPL: 20 });
  floor.sells("bob/1", 3, 189.5);
  floor.sells("bob/2", 5, 189.6);
  floor.buys("alice/1", 10, 189.6);
  const step = floor.last("trading-engine", "order-accepted");
  const changes = differenceOf(step.before!, step.after!);
  assert.deepEqual(lines(changes.filter(({ path }) => path[0] === "asks" || path[0] === "bids")), [
    "asks.189.50 removed 3 null",
    "asks.189.60 removed 5 null",
    "bids.189.60 added null 2",
  ]);
});

Deno.test("differenceOf() says nothing of levels that one of the ladders does not list", () => {
  const floor = new StepFloor();
  floor.opens("alice", 100_000);
  for (let i = 0; i < MAX_LADDER_LEVELS; i++) floor.buys(`alice/${i}`, 1, 100 - i);
  // The worst level is pushed out of the list, and comes into it again.
  floor.buys("alice/best", 1, 101);
  const pushed = floor.last("trading-engine", "order-accepted");
  floor.cancels("alice/best");
  const back = floor.last("trading-engine", "cancel-requested");
  const levels = (step: typeof back) =>
    lines(differenceOf(step.before!, step.after!)).filter((line) => line.startsWith("bids"));
  assert.deepEqual(levels(pushed), ["bids.101.00 added null 1"]);
  assert.deepEqual(levels(back), ["bids.101.00 removed 1 null"]);
});
