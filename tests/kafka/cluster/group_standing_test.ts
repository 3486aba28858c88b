import assert from "node:assert/strict";
import {
  changeBetween,
  nextStanding,
  placeName,
  type Standing,
} from "../../../kafka/cluster/group_standing.ts";

const places = (...partitions: readonly number[]) =>
  partitions.map((partition) => ({ topic: "t", partition }));

/** Standings of one member, generation by generation. */
function member(): (generation: number, ...partitions: readonly number[]) => Standing {
  let acquisitions = 0;
  let standing: Standing | null = null;
  return (generation, ...partitions) => {
    standing = nextStanding(standing, generation, places(...partitions), () => ++acquisitions);
    return standing;
  };
}

function told(before: Standing, next: Standing): readonly (readonly string[])[] {
  const { assigned, revoked } = changeBetween(before, next);
  return [assigned.map(placeName), revoked.map(placeName)];
}

Deno.test("changeBetween() of neighbouring generations names what came and what went", () => {
  const enter = member();
  const first = enter(1, 0, 1);
  assert.deepEqual(told({ generation: 0, held: [] }, first), [["t/0", "t/1"], []]);
  const second = enter(2, 1, 2);
  assert.deepEqual(told(first, second), [["t/2"], ["t/0"]]);
  assert.deepEqual(told(second, enter(3, 1, 2)), [[], []]);
});

Deno.test("changeBetween() names twice what was lost and got again between", () => {
  const enter = member();
  const first = enter(1, 0, 1);
  enter(2, 0);
  assert.deepEqual(told(first, enter(3, 0, 1)), [["t/1"], ["t/1"]]);
});

Deno.test("nextStanding() takes nothing for kept across a generation that the member missed", () => {
  const enter = member();
  const first = enter(1, 0, 1);
  assert.deepEqual(told(first, enter(3, 0, 1)), [["t/0", "t/1"], ["t/0", "t/1"]]);
});

Deno.test("nextStanding() keeps everything when the same generation is entered again", () => {
  const enter = member();
  const first = enter(5, 0, 1);
  first.held[0]!.committed = 7;
  const again = enter(5, 0, 1);
  assert.deepEqual(told(first, again), [[], []]);
  assert.equal(again.held[0]!.committed, 7);
});
