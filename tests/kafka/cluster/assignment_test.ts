import assert from "node:assert/strict";
import fc from "fast-check";
import { sharePartitions, type Subscriber } from "../../../kafka/cluster/assignment.ts";
import type { ClientPartition } from "../../../kafka/cluster/kafka_client.ts";

const TOPICS = ["t", "u", "v"];

const places: fc.Arbitrary<ClientPartition[]> = fc.uniqueArray(
  fc.record({ topic: fc.constantFrom(...TOPICS), partition: fc.nat(7) }),
  { selector: nameOf },
);

const counts = fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)).map((each) =>
  new Map(TOPICS.map((topic, i) => [topic, each[i]!]))
);

function members(topics: fc.Arbitrary<string[]>): fc.Arbitrary<Subscriber[]> {
  return fc.uniqueArray(
    fc.record({
      instanceId: fc.constantFrom("a", "b", "c", "d", "e"),
      topics,
      owned: places,
      generation: fc.integer({ min: -1, max: 3 }),
    }),
    { selector: ({ instanceId }) => instanceId, minLength: 1 },
  ).map((each) => each.map((one) => ({ ...one, memberId: `${one.instanceId}-${Math.random()}` })));
}

const someTopics = fc.subarray(TOPICS, { minLength: 1 });

Deno.test("sharePartitions() gives every partition to exactly one that subscribes to its topic", () => {
  fc.assert(fc.property(members(someTopics), counts, (subscribers, partitions) => {
    const shares = sharePartitions(subscribers, partitions);
    assert.deepEqual([...shares.keys()], subscribers.map(({ memberId }) => memberId));
    for (const { memberId, topics } of subscribers) {
      assert.ok(shares.get(memberId)!.every(({ topic }) => topics.includes(topic)));
    }
    const wanted = [...partitions].flatMap(([topic, count]) =>
      subscribers.some(({ topics }) => topics.includes(topic))
        ? Array.from({ length: count }, (_, partition) => nameOf({ topic, partition }))
        : []
    );
    assert.deepEqual([...shares.values()].flat().map(nameOf).sort(), wanted.sort());
  }));
});

Deno.test("sharePartitions() differs by at most one between members with equal subscriptions", () => {
  fc.assert(fc.property(members(fc.constant(TOPICS)), counts, (subscribers, partitions) => {
    const loads = [...sharePartitions(subscribers, partitions).values()].map((each) => each.length);
    assert.ok(Math.max(...loads) - Math.min(...loads) <= 1);
  }));
});

Deno.test("sharePartitions() moves nothing when it is asked again", () => {
  fc.assert(fc.property(members(someTopics), counts, (subscribers, partitions) => {
    const first = sharePartitions(subscribers, partitions);
    const again = subscribers.map((each) => ({
      ...each,
      owned: first.get(each.memberId)!,
      generation: 4,
    }));
    assert.deepEqual(sharePartitions(again, partitions), first);
  }));
});

Deno.test("sharePartitions() takes from members only what balance asks for", () => {
  fc.assert(fc.property(members(fc.constant(["t"])), fc.nat(8), (subscribers, count) => {
    const partitions = new Map([["t", count]]);
    const before = sharePartitions(subscribers, partitions);
    const stayed = subscribers.map((each) => ({
      ...each,
      owned: before.get(each.memberId)!,
      generation: 4,
    }));
    const newcomer = { memberId: "z", instanceId: "z", topics: ["t"], owned: [], generation: -1 };
    const after = sharePartitions([...stayed, newcomer], partitions);
    const moved = stayed.flatMap(({ memberId, owned }) => {
      const kept = new Set(after.get(memberId)!.map(nameOf));
      return owned.filter((place) => !kept.has(nameOf(place)));
    });
    assert.deepEqual(moved.map(nameOf).sort(), after.get("z")!.map(nameOf).sort());
    assert.ok(after.get("z")!.length <= Math.ceil(count / (stayed.length + 1)));
  }));
});

Deno.test("sharePartitions() depends neither on the order of members nor on the ids they were given", () => {
  fc.assert(fc.property(members(someTopics), counts, (subscribers, partitions) => {
    const renamed = subscribers.map((each) => ({ ...each, memberId: `new-${each.memberId}` }));
    const shares = sharePartitions(subscribers, partitions);
    const others = sharePartitions(renamed.toReversed(), partitions);
    for (const { memberId } of subscribers) {
      assert.deepEqual(others.get(`new-${memberId}`), shares.get(memberId));
    }
  }));
});

Deno.test("sharePartitions() believes of two owners the one that knows the later generation", () => {
  const owned = [{ topic: "t", partition: 0 }];
  const member = (instanceId: string, generation: number): Subscriber => ({
    memberId: instanceId,
    instanceId,
    topics: ["t"],
    owned,
    generation,
  });
  const partitions = new Map([["t", 1]]);
  assert.deepEqual(sharePartitions([member("a", 3), member("b", 4)], partitions).get("b"), owned);
  assert.deepEqual(sharePartitions([member("a", 4), member("b", 3)], partitions).get("a"), owned);
});

function nameOf({ topic, partition }: ClientPartition): string {
  return `${topic}/${partition}`;
}
