import assert from "node:assert/strict";
import type { GroupMember } from "../../kafka/event_log.ts";
import {
  failsWith,
  type LogFixture,
  newTopic,
  placeName,
  pollUntil,
  publishTexts,
  textsOf,
  uniqueName,
  untilBalanced,
} from "./log_fixture.ts";

interface Floor {
  readonly topic: string;
  readonly group: string;
  /** Joins the group; members leave at the end of the test. */
  join(instanceId: string, topics?: readonly string[]): Promise<GroupMember>;
}

/** Groups: assignment, delivery, commit, fencing, rebalance, expiry. */
export function groupContract(name: string, open: () => Promise<LogFixture>): void {
  const test = (what: string, body: (fixture: LogFixture, floor: Floor) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      await using fixture = await open();
      const { log, sessionTimeoutMs } = fixture;
      const topic = await newTopic(log, { partitions: 4 });
      const group = uniqueName("group");
      const members: GroupMember[] = [];
      const floor: Floor = {
        topic,
        group,
        async join(instanceId, topics = [topic]) {
          const member = await log.join({ group, topics, instanceId, sessionTimeoutMs });
          members.push(member);
          return member;
        },
      };
      await body(fixture, floor);
      for (const member of members) await member.leave();
    });

  test(
    "the first poll tells a lone member that it has every partition",
    async (fixture, { topic, join }) => {
      const member = await join("a");
      assert.equal(member.generation, 0);
      assert.deepEqual(member.assignment, []);
      const told = await member.poll({ timeoutMs: fixture.deadlineMs });
      assert.ok(told.kind === "assignment");
      const all = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
      assert.deepEqual(sorted(told.assignment), all);
      assert.deepEqual(sorted(told.assigned), all);
      assert.deepEqual(told.revoked, []);
      assert.equal(member.generation, told.generation);
      assert.deepEqual((await member.committed()).map(({ offset }) => offset), [0, 0, 0, 0]);
    },
  );

  test(
    "members share the partitions evenly, and each record goes to one of them",
    async (fixture, { topic, join }) => {
      const members = [await join("a"), await join("b")];
      await untilBalanced(fixture, members, 4);
      assert.deepEqual(members.map(({ assignment }) => assignment.length), [2, 2]);
      for (const partition of [0, 1, 2, 3]) {
        await publishTexts(fixture.log, { topic, partition }, [`${partition}a`, `${partition}b`]);
      }
      const delivered = await pollUntil(fixture, members, (got) => got.flat().length >= 8);
      for (const [i, member] of members.entries()) {
        const own = new Set(member.assignment.map(placeName));
        assert.ok(delivered[i]!.every((record) => own.has(placeName(record))));
      }
      const texts = textsOf(delivered.flat()).sort();
      assert.deepEqual(texts, ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]);
    },
  );

  test("a waiting member gets what is published meanwhile", async (fixture, { topic, join }) => {
    const member = await join("a");
    await untilBalanced(fixture, [member], 4);
    const polled = member.poll({ timeoutMs: fixture.deadlineMs });
    await publishTexts(fixture.log, { topic, partition: 2 }, ["news"]);
    const told = await polled;
    assert.ok(told.kind === "records");
    assert.deepEqual(told.batches.map(({ partition }) => partition), [2]);
  });

  test("a member that follows begins at the committed offset", async (fixture, { topic, join }) => {
    await publishTexts(fixture.log, { topic, partition: 0 }, ["a", "b", "c"]);
    const first = await join("a");
    await pollUntil(fixture, [first], (got) => got.flat().length >= 3);
    await first.commit([{ topic, partition: 0, offset: 2 }]);
    const committed = await first.committed();
    assert.equal(committed.find(({ partition }) => partition === 0)!.offset, 2);
    await first.leave();
    const second = await join("b");
    const delivered = await pollUntil(fixture, [second], (got) => got.flat().length >= 1);
    assert.deepEqual(textsOf(delivered.flat()), ["c"]);
  });

  test("what was not committed is delivered again", async (fixture, { topic, join }) => {
    await publishTexts(fixture.log, { topic, partition: 0 }, ["a", "b"]);
    const first = await join("a");
    await pollUntil(fixture, [first], (got) => got.flat().length >= 2);
    await first.leave();
    const second = await join("b");
    const delivered = await pollUntil(fixture, [second], (got) => got.flat().length >= 2);
    assert.deepEqual(textsOf(delivered.flat()), ["a", "b"]);
  });

  test(
    "a commit of an old generation fails and commits nothing",
    async (fixture, { topic, join }) => {
      await publishTexts(fixture.log, { topic, partition: 0 }, ["a"]);
      const first = await join("a");
      await pollUntil(fixture, [first], (got) => got.flat().length >= 1);
      const second = await join("b");
      const before = first.generation;
      await pollUntil(fixture, [second], () => second.assignment.length > 0);
      assert.equal(first.generation, before);
      await failsWith(first.commit([{ topic, partition: 0, offset: 1 }]), "fenced-generation");
      await untilBalanced(fixture, [first, second], 4);
      const offsets = [...await first.committed(), ...await second.committed()];
      assert.deepEqual(offsets.map(({ offset }) => offset), [0, 0, 0, 0]);
      const foreign = second.assignment[0]!;
      await failsWith(first.commit([{ ...foreign, offset: 1 }]), "fenced-generation");
      const own = first.assignment[0]!;
      await first.commit([{ ...own, offset: 0 }]);
    },
  );

  test("a member that leaves hands its partitions over at once", async (fixture, { join }) => {
    const members = [await join("a"), await join("b")];
    await untilBalanced(fixture, members, 4);
    await members[0]!.leave();
    await members[0]!.leave();
    await untilBalanced(fixture, [members[1]!], 4);
    await failsWith(members[0]!.poll({ timeoutMs: 0 }), "not-assigned");
  });

  test("revoked and assigned partitions are told as such", async (fixture, { join }) => {
    const first = await join("a");
    await untilBalanced(fixture, [first], 4);
    const second = await join("b");
    const has = new Map([[first, new Set(first.assignment.map(placeName))], [
      second,
      new Set<string>(),
    ]]);
    await pollAssignments(fixture, [first, second], has);
    for (const [member, places] of has) {
      assert.deepEqual([...places].sort(), member.assignment.map(placeName).sort());
      assert.equal(places.size, 2);
    }
  });

  test(
    "a member that is not heard of is expelled, and comes back at its next poll",
    async (fixture, { join }) => {
      const { clock, sessionTimeoutMs } = fixture;
      const members = [await join("a"), await join("b")] as const;
      await untilBalanced(fixture, members, 4);
      const [silent, alive] = members;
      await pollUntil(
        fixture,
        [alive],
        () => alive.assignment.length === 4,
        () => clock?.advance(Math.ceil(sessionTimeoutMs / 5)),
      );
      const place = alive.assignment[0]!;
      await failsWith(silent.commit([{ ...place, offset: 0 }]), "fenced-generation");
      const shared = () => members.every(({ assignment }) => assignment.length === 2);
      await pollUntil(fixture, members, shared);
      await untilBalanced(fixture, members, 4);
    },
  );

  test("a heartbeat keeps a member that does not poll", async (fixture, { join }) => {
    const { clock, sessionTimeoutMs } = fixture;
    if (clock === null) return;
    const members = [await join("a"), await join("b")] as const;
    await untilBalanced(fixture, members, 4);
    const [busy, other] = members;
    const generation = other.generation;
    for (let i = 0; i < 10; i++) {
      clock.advance(Math.ceil(sessionTimeoutMs / 2));
      await busy.heartbeat();
      await other.poll({ timeoutMs: 0 });
    }
    await other.poll({ timeoutMs: 60 });
    assert.equal(other.generation, generation);
  });

  test(
    "seek() reads an assigned partition again, and no other",
    async (fixture, { topic, join }) => {
      await publishTexts(fixture.log, { topic, partition: 1 }, ["a", "b"]);
      const member = await join("a");
      await pollUntil(fixture, [member], (got) => got.flat().length >= 2);
      member.seek({ topic, partition: 1, offset: 1 });
      const again = await pollUntil(fixture, [member], (got) => got.flat().length >= 1);
      assert.deepEqual(textsOf(again.flat()), ["b"]);
      const wrong = Promise.resolve().then(() => member.seek({ topic, partition: 9, offset: 0 }));
      await failsWith(wrong, "not-assigned");
    },
  );

  test(
    "lag() counts what is not committed, describeGroup() names members",
    async (fixture, { topic, group, join }) => {
      await publishTexts(fixture.log, { topic, partition: 0 }, ["a", "b", "c"]);
      const member = await join("a");
      await pollUntil(fixture, [member], (got) => got.flat().length >= 3);
      await member.commit([{ topic, partition: 0, offset: 1 }]);
      const lag = [...await fixture.log.lag(group)].sort((a, b) => a.partition - b.partition);
      assert.deepEqual(lag[0], { topic, partition: 0, offset: 1, endOffset: 3, lag: 2 });
      assert.deepEqual(lag.slice(1).map((each) => each.lag), [0, 0, 0]);
      const description = await fixture.log.describeGroup(group);
      assert.equal(description.members.length, 1);
      assert.equal(description.members[0]!.assignment.length, 4);
      assert.equal(description.members[0]!.memberId, member.memberId);
    },
  );

  test("members of one group may read different topics", async (fixture, { topic, join }) => {
    const other = await newTopic(fixture.log, { partitions: 1 });
    const members = [await join("a", [topic]), await join("b", [other])] as const;
    await untilBalanced(fixture, members, 5);
    assert.ok(members[0].assignment.every((place) => place.topic === topic));
    assert.deepEqual(members[1].assignment, [{ topic: other, partition: 0 }]);
  });

  test("groups do not know of one another", async (fixture, { topic, join }) => {
    await publishTexts(fixture.log, { topic, partition: 0 }, ["a"]);
    const member = await join("a");
    const another = await fixture.log.join({
      group: uniqueName("group"),
      topics: [topic],
      instanceId: "a",
      sessionTimeoutMs: fixture.sessionTimeoutMs,
    });
    const both = [member, another];
    const delivered = await pollUntil(
      fixture,
      both,
      (got) => got.every((each) => each.length >= 1),
    );
    assert.deepEqual(delivered.map(textsOf), [["a"], ["a"]]);
    await another.leave();
  });

  test("join() refuses a topic that does not exist", async (_fixture, { join }) => {
    await failsWith(join("a", ["no-such-topic"]), "unknown-topic");
  });

  test("members of two handles share the partitions", async (fixture, { topic, group, join }) => {
    if (fixture.openAnother === null) return;
    await using other = await fixture.openAnother();
    const here = await join("a");
    const { sessionTimeoutMs } = fixture;
    const there = await other.join({ group, topics: [topic], instanceId: "b", sessionTimeoutMs });
    await untilBalanced(fixture, [here, there], 4);
    await there.leave();
    await untilBalanced(fixture, [here], 4);
  });
}

function sorted<T extends { partition: number }>(places: readonly T[]): T[] {
  return [...places].sort((a, b) => a.partition - b.partition);
}

/** Polls until both have two partitions, keeping by their own words what each has. */
async function pollAssignments(
  fixture: LogFixture,
  members: readonly GroupMember[],
  has: ReadonlyMap<GroupMember, Set<string>>,
): Promise<void> {
  const end = performance.now() + fixture.deadlineMs;
  while (members.some(({ assignment }) => assignment.length !== 2)) {
    assert.ok(performance.now() < end, "no balance in time");
    for (const member of members) {
      const told = await member.poll({ timeoutMs: 20 });
      if (told.kind !== "assignment") continue;
      const places = has.get(member)!;
      for (const place of told.revoked) places.delete(placeName(place));
      for (const place of told.assigned) places.add(placeName(place));
    }
  }
}
