import assert from "node:assert/strict";
import fc from "fast-check";
import { assignPartitions, type OwnedPartition } from "../../kafka/group_assignment.ts";

const partitionsOf = (topic: string, count: number, owners: readonly (string | null)[] = []) =>
  Array.from({ length: count }, (_, partition): OwnedPartition => ({
    topic,
    partition,
    owner: owners[partition] ?? null,
  }));

const ownersOf = (assigned: readonly OwnedPartition[]) => assigned.map(({ owner }) => owner);

const memberIds: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), {
  minLength: 1,
});

Deno.test("assignPartitions() spreads partitions as evenly as possible among equal members", () => {
  fc.assert(fc.property(
    memberIds,
    fc.array(fc.option(fc.constantFrom("a", "b", "c", "d", "e", "gone")), { maxLength: 20 }),
    (ids, owners) => {
      const members = ids.map((memberId) => ({ memberId, topics: ["t"] }));
      const assigned = assignPartitions(members, partitionsOf("t", owners.length, owners));
      assert.equal(assigned.length, owners.length);
      const loads = ids.map((id) => assigned.filter(({ owner }) => owner === id).length);
      assert.equal(loads.reduce((a, b) => a + b, 0), owners.length);
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1);
      // No more moves than the members above their share had to give away.
      const share = Math.ceil(owners.length / ids.length);
      const moved = assigned.filter(({ owner, partition }) => {
        const before = owners[partition] ?? null;
        return before !== null && ids.includes(before) && before !== owner;
      }).length;
      const least = Math.floor(owners.length / ids.length);
      const excess = ids.map((id) => owners.filter((owner) => owner === id).length)
        .reduce((sum, load) => sum + Math.max(0, load - least), 0);
      assert.ok(moved <= excess, `${moved} moved, share ${share}`);
    },
  ));
});

Deno.test("assignPartitions() gives a partition only to who subscribes to its topic", () => {
  const members = [{ memberId: "a", topics: ["t"] }, { memberId: "b", topics: ["u"] }];
  const assigned = assignPartitions(members, [
    ...partitionsOf("t", 3, ["b", "b", "a"]),
    ...partitionsOf("u", 1),
    ...partitionsOf("v", 1, ["a"]),
  ]);
  assert.deepEqual(ownersOf(assigned), ["a", "a", "a", "b", null]);
});

Deno.test("assignPartitions() does not depend on the order of members", () => {
  const members = ["a", "b", "c"].map((memberId) => ({ memberId, topics: ["t"] }));
  const partitions = partitionsOf("t", 7, ["c", null, "c", "c", null, "a"]);
  assert.deepEqual(
    assignPartitions(members, partitions),
    assignPartitions([...members].reverse(), [...partitions].reverse()),
  );
});

Deno.test("assignPartitions() moves nothing when balance needs no move", () => {
  const members = ["a", "b"].map((memberId) => ({ memberId, topics: ["t"] }));
  const owners = ["b", "a", "a", "b", "b"];
  const assigned = assignPartitions(members, partitionsOf("t", 5, owners));
  assert.deepEqual(ownersOf(assigned), owners);
});
