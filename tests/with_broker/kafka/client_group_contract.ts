/**
 * What every Kafka client keeps of the requests of a consumer group, against a real broker.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { KafkaClient } from "../../../kafka/cluster/kafka_client.ts";
import { eventually } from "../../support/eventually.ts";
import {
  assignmentOf,
  DEADLINE_MS,
  failsAs,
  identityOf,
  join,
  leaderOf,
  type OpenClient,
  patiently,
  subscription,
  uniqueName,
  usingClient,
} from "./contract_support.ts";

interface GroupFloor {
  readonly client: KafkaClient;
  readonly group: string;
  /** A topic of two partitions. */
  readonly topic: string;
  /** The group's coordinator. */
  readonly node: number;
}

/** Registers the tests of a group's requests. */
export function groupRequestsContract(name: string, open: OpenClient): void {
  const test = (what: string, body: (floor: GroupFloor) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () =>
      usingClient(open, async (client) => {
        const [group, topic] = [uniqueName("group"), uniqueName("topic")];
        await client.createTopics([{ topic, partitions: 2, replicationFactor: 1, configs: {} }]);
        await leaderOf(client, { topic, partition: 1 });
        const node = await patiently(() => client.findCoordinator(group));
        await body({ client, group, topic, node });
      }));

  test("a lone member joins, leads, is assigned, lives and leaves", async (floor) => {
    const { client, group, topic, node } = floor;
    const answer = await join(client, node, { group, topic, instanceId: "a" });
    assert.equal(answer.leaderId, answer.memberId);
    assert.equal(answer.protocol, "range");
    assert.ok(answer.generation > 0);
    assert.deepEqual(answer.members.map(({ memberId }) => memberId), [answer.memberId]);
    assert.equal(answer.members[0]!.instanceId, "a");
    assert.deepEqual([...answer.members[0]!.metadata], [...subscription(topic)]);

    const me = identityOf(group, "a", answer);
    const assignment = assignmentOf({ topic, partition: 1 });
    const synced = await client.syncGroup(node, me, [{ memberId: me.memberId, assignment }]);
    assert.deepEqual([...synced], [...assignment]);
    await client.heartbeat(node, me);

    const state = await client.describeGroup(node, group);
    assert.equal(state.state, "Stable");
    assert.deepEqual(state.members.map(({ memberId }) => memberId), [me.memberId]);
    assert.deepEqual([...state.members[0]!.assignment], [...assignment]);
    assert.deepEqual([...state.members[0]!.metadata], [...subscription(topic)]);

    await client.leaveGroup(node, me);
    assert.deepEqual((await client.describeGroup(node, group)).members, []);
    await failsAs(["UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID"], client.heartbeat(node, me));
  });

  test("describeGroup() of a group that never was has no members", async ({ client, node }) => {
    const state = await client.describeGroup(node, uniqueName("never"));
    assert.deepEqual([state.state, state.members.length], ["Dead", 0]);
  });

  test("a second member is heard of by heartbeat, and the two share a generation", async (floor) => {
    const { client, group, topic, node } = floor;
    await usingClient(open, async (other) => {
      const first = identityOf(group, "a", await joinAlone(floor, "a"));
      const joining = join(other, node, { group, topic, instanceId: "b" });
      // An answer to the second member's join waits for the first member to join again.
      await eventually("the first member is told of the rebalance", async () => {
        const told = await client.heartbeat(node, first).then(() => null, (error) => error);
        return told !== null && told.type === "REBALANCE_IN_PROGRESS";
      }, DEADLINE_MS);
      const again = await join(client, node, {
        group,
        topic,
        instanceId: "a",
        memberId: first.memberId,
      });
      const second = await joining;
      assert.equal(again.generation, second.generation);
      assert.ok(again.generation > first.generation);
      assert.equal(again.leaderId, second.leaderId);
      const leads = again.leaderId === again.memberId ? again : second;
      const follows = leads === again ? second : again;
      assert.deepEqual(
        leads.members.map(({ instanceId }) => instanceId).sort(),
        ["a", "b"],
      );
      assert.deepEqual(follows.members, []);

      const assignments = [again, second].map(({ memberId }, partition) => ({
        memberId,
        assignment: assignmentOf({ topic, partition }),
      }));
      const of = (answer: typeof again) => (leads === answer ? assignments : []);
      const [mine, theirs] = await Promise.all([
        client.syncGroup(node, identityOf(group, "a", again), of(again)),
        other.syncGroup(node, identityOf(group, "b", second), of(second)),
      ]);
      assert.deepEqual([...mine], [...assignmentOf({ topic, partition: 0 })]);
      assert.deepEqual([...theirs], [...assignmentOf({ topic, partition: 1 })]);
      assert.equal((await client.describeGroup(node, group)).members.length, 2);

      await failsAs("ILLEGAL_GENERATION", client.heartbeat(node, first));
      const offsets = [{ topic, partition: 0, offset: 1 }];
      await failsAs("ILLEGAL_GENERATION", client.commitOffsets(node, first, offsets));
    });
  });

  test("a member that joins under a name in use takes its place and fences it", async (floor) => {
    const { client, group, topic, node } = floor;
    const predecessor = identityOf(group, "a", await joinAlone(floor, "a"));
    await usingClient(open, async (other) => {
      const answer = await join(other, node, { group, topic, instanceId: "a" });
      assert.notEqual(answer.memberId, predecessor.memberId);
      await failsAs("FENCED_INSTANCE_ID", client.heartbeat(node, predecessor));
      const offsets = [{ topic, partition: 0, offset: 1 }];
      // The request may not carry the lasting name; the old member's id is unknown then.
      await failsAs(
        ["FENCED_INSTANCE_ID", "UNKNOWN_MEMBER_ID"],
        client.commitOffsets(node, predecessor, offsets),
      );
      await failsAs("FENCED_INSTANCE_ID", client.leaveGroup(node, predecessor));
      assert.equal((await client.describeGroup(node, group)).members.length, 1);
    });
  });

  test("commitOffsets() is read back by fetchOffsets(), of some partitions or all", async (floor) => {
    const { client, group, topic, node } = floor;
    const me = identityOf(group, "a", await joinAlone(floor, "a"));
    const at = (partition: number, offset: number) => ({ topic, partition, offset });
    await client.commitOffsets(node, me, [at(0, 5)]);
    assert.deepEqual(
      await patiently(() =>
        client.fetchOffsets(node, group, [{ topic, partition: 0 }, { topic, partition: 1 }])
      ),
      [at(0, 5), at(1, -1)],
    );
    await client.commitOffsets(node, me, [at(0, 7), at(1, 3)]);
    const all = await patiently(() => client.fetchOffsets(node, group, "all"));
    assert.deepEqual(all.toSorted((a, b) => a.partition - b.partition), [at(0, 7), at(1, 3)]);
    assert.deepEqual(await client.fetchOffsets(node, group, []), []);
    assert.deepEqual(await client.fetchOffsets(node, uniqueName("never"), "all"), []);
  });

  test("commitOffsets() says when the topic is unknown", async (floor) => {
    const { client, group, node } = floor;
    const me = identityOf(group, "a", await joinAlone(floor, "a"));
    const offsets = [{ topic: uniqueName("missing"), partition: 0, offset: 1 }];
    await failsAs("UNKNOWN_TOPIC_OR_PARTITION", client.commitOffsets(node, me, offsets));
  });

  test("joinGroup() says when the session is longer than the broker permits", async (floor) => {
    const { client, group, topic, node } = floor;
    const joining = client.joinGroup(node, {
      group,
      sessionTimeoutMs: 100_000_000,
      rebalanceTimeoutMs: 1_000,
      memberId: "",
      instanceId: "a",
      protocols: [{ name: "range", metadata: subscription(topic) }],
    });
    await failsAs("INVALID_SESSION_TIMEOUT", joining);
  });
}

/** The group's only member, with an assignment. */
async function joinAlone({ client, group, topic, node }: GroupFloor, instanceId: string) {
  const answer = await join(client, node, { group, topic, instanceId });
  const assignment = assignmentOf({ topic, partition: 0 });
  const me = identityOf(group, instanceId, answer);
  await client.syncGroup(node, me, [{ memberId: me.memberId, assignment }]);
  return answer;
}
