import assert from "node:assert/strict";
import { ClusterEventLog } from "../../../kafka/cluster/cluster_log.ts";
import { type KafkaClient, KafkaClientError } from "../../../kafka/cluster/kafka_client.ts";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import type { EventLog, GroupMember, GroupPoll } from "../../../kafka/event_log.ts";
import {
  deadline,
  failsWith,
  newTopic,
  placeName,
  pollUntil,
  publishTexts,
  textsOf,
  uniqueName,
  untilBalanced,
} from "../../kafka/log_fixture.ts";
import { type ClusterFixture, clusterFixture } from "../support/cluster_fixture.ts";

/** Of a member that only leaving, not silence, can remove within the deadline. */
const LONG_SESSION_MS = 60_000;

type Fault = (method: string) => KafkaClientError | null;

interface Floor extends AsyncDisposable {
  readonly fixture: ClusterFixture;
  readonly topic: string;
  readonly group: string;
  /** Requests of {@link join}'s members fail as it says. */
  fault: Fault;
  join(
    instanceId: string,
    options?: { topic?: string; log?: EventLog; sessionTimeoutMs?: number },
  ): Promise<GroupMember>;
}

async function openFloor(): Promise<Floor> {
  const fixture = await clusterFixture("kafkajs");
  const topic = await newTopic(fixture.log, { partitions: 4 });
  const group = uniqueName("group");
  const open = async () =>
    withFaults(await openClient(fixture.config), (name) => floor.fault(name));
  const log = new ClusterEventLog({
    topicPrefix: fixture.config.topicPrefix,
    control: await open(),
    openClient: open,
  });
  const floor: Floor = {
    fixture,
    topic,
    group,
    fault: () => null,
    join: (instanceId, options = {}) =>
      (options.log ?? log).join({
        group,
        topics: [options.topic ?? topic],
        instanceId,
        sessionTimeoutMs: options.sessionTimeoutMs ?? fixture.sessionTimeoutMs,
      }),
    async [Symbol.asyncDispose]() {
      floor.fault = () => null;
      await log.close();
      await fixture[Symbol.asyncDispose]();
    },
  };
  return floor;
}

function withFaults(client: KafkaClient, fault: Fault): KafkaClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || name === "close") {
        return typeof value === "function" ? value.bind(target) : value;
      }
      return (...args: readonly unknown[]) => {
        const error = fault(String(name));
        return error === null ? value.apply(target, args) : Promise.reject(error);
      };
    },
  });
}

function failure(type: string, retriable = true): KafkaClientError {
  return new KafkaClientError(type, `said by the test: ${type}`, { retriable });
}

/** Polls for so long; gives what was told of assignments. */
async function assignmentsTold(member: GroupMember, forMs: number): Promise<readonly GroupPoll[]> {
  const told: GroupPoll[] = [];
  for (const end = performance.now() + forMs; performance.now() < end;) {
    const polled = await member.poll({ timeoutMs: 50 });
    if (polled.kind === "assignment") told.push(polled);
  }
  return told;
}

Deno.test("a member that joins under the name of another takes its place at once, and fences it", async () => {
  await using floor = await openFloor();
  const { fixture, topic } = floor;
  const before = await floor.join("a", { log: fixture.log, sessionTimeoutMs: LONG_SESSION_MS });
  await untilBalanced(fixture, [before], 4);
  const after = await floor.join("a");
  await untilBalanced(fixture, [after], 4);
  assert.equal(after.generation, before.generation);
  assert.notEqual(after.memberId, before.memberId);
  const commit = before.commit([{ topic, partition: 0, offset: 0 }]);
  assert.match((await failsWith(commit, "fenced-generation")).message, /^Cannot commit offsets/);
  const refused = await failsWith(
    pollUntil(fixture, [before], () => false),
    "fenced-generation",
  );
  assert.match(refused.message, /another member has joined as "a"/);
  await before.leave();
  assert.deepEqual(await assignmentsTold(after, fixture.sessionTimeoutMs), []);
  await after.commit([{ topic, partition: 0, offset: 0 }]);
});

Deno.test("a member that takes the place of one with other topics gets its own", async () => {
  await using floor = await openFloor();
  const { fixture } = floor;
  const other = await newTopic(fixture.log, { partitions: 3 });
  const beside = await floor.join("b");
  const before = await floor.join("a");
  await untilBalanced(fixture, [before, beside], 4);
  const after = await floor.join("a", { topic: other });
  await untilBalanced(fixture, [after, beside], 7);
  assert.ok(after.assignment.every(({ topic }) => topic === other));
});

Deno.test("what was another's between two polls is told as lost and as got", async () => {
  await using floor = await openFloor();
  const { fixture, group } = floor;
  const sessionTimeoutMs = LONG_SESSION_MS;
  const member = await floor.join("a", { sessionTimeoutMs });
  await untilBalanced(fixture, [member], 4);
  const guest = await floor.join("b", { sessionTimeoutMs });
  await pollUntil(fixture, [guest], () => guest.assignment.length === 2);
  const lent = guest.assignment;
  assert.equal(member.assignment.length, 4);
  await guest.leave();
  const before = deadline(fixture.deadlineMs, () => "assignment of everything to who stayed");
  const assignmentsNow = async () =>
    (await fixture.log.describeGroup(group)).members
      .map(({ assignment }) => assignment.length);
  while (String(await assignmentsNow()) !== "4") before();
  const told = await assignmentsTold(member, 500);
  const names = (what: "assigned" | "revoked") =>
    told.flatMap((each) => each.kind === "assignment" ? each[what].map(placeName) : []).sort();
  // All of it, if the member missed the generation between.
  assert.deepEqual(names("assigned"), names("revoked"));
  for (const place of lent) assert.ok(names("revoked").includes(placeName(place)));
  assert.equal(member.assignment.length, 4);
});

Deno.test("close() of a log hands the partitions of its members over at once", async () => {
  await using floor = await openFloor();
  const { fixture } = floor;
  const closing = await fixture.openAnother!();
  const sessionTimeoutMs = LONG_SESSION_MS;
  const gone = await floor.join("a", { log: closing, sessionTimeoutMs });
  const stays = await floor.join("b", { sessionTimeoutMs });
  await untilBalanced(fixture, [gone, stays], 4);
  await closing.close();
  await untilBalanced(fixture, [stays], 4);
  await failsWith(gone.poll({ timeoutMs: 0 }), "log-closed");
});

Deno.test("leave() while the join is still under way leaves nobody behind", async () => {
  await using floor = await openFloor();
  const { fixture, group } = floor;
  const sessionTimeoutMs = LONG_SESSION_MS;
  const first = await floor.join("a", { sessionTimeoutMs });
  await untilBalanced(fixture, [first], 4);
  // Whoever was there does not come again, so that the group waits for it.
  floor.fault = (method) => method === "heartbeat" ? failure("CONNECTION") : null;
  const second = await floor.join("b", { log: fixture.log, sessionTimeoutMs });
  await Promise.race([assignmentsTold(second, 500), first.poll({ timeoutMs: 500 })]);
  assert.equal(second.memberId, "");
  await second.leave();
  floor.fault = () => null;
  await untilBalanced(fixture, [first], 4);
  const { members } = await fixture.log.describeGroup(group);
  assert.deepEqual(members.map(({ instanceId }) => instanceId), ["a"]);
});

Deno.test("heartbeat() keeps a member that does not poll, and so does a poll that waits", async () => {
  await using floor = await openFloor();
  const { fixture } = floor;
  const [busy, waiting] = [await floor.join("a"), await floor.join("b")];
  await untilBalanced(fixture, [busy, waiting], 4);
  let done = false;
  const polled = waiting.poll({ timeoutMs: 3 * fixture.sessionTimeoutMs }).finally(() => {
    done = true;
  });
  while (!done) await busy.heartbeat();
  assert.deepEqual(await polled, { kind: "records", batches: [] });
  assert.deepEqual(await assignmentsTold(busy, 100), []);
});

Deno.test("a member goes on after its coordinator moved or its connections were lost", async () => {
  await using floor = await openFloor();
  const { fixture, topic } = floor;
  const member = await floor.join("a", { sessionTimeoutMs: LONG_SESSION_MS });
  await untilBalanced(fixture, [member], 4);
  const { generation } = member;
  for (const type of ["NOT_COORDINATOR", "CONNECTION", "COORDINATOR_LOAD_IN_PROGRESS"]) {
    let failed = 0;
    floor.fault = () => (failed++, failure(type));
    await pollUntil(fixture, [member], () => failed > 3);
    const commit = member.commit([{ topic, partition: 0, offset: 0 }]);
    assert.equal((await failsWith(commit, "log-unavailable")).retriable, true);
    floor.fault = () => null;
    await publishTexts(fixture.log, { topic, partition: 0 }, [type]);
    const delivered = await pollUntil(fixture, [member], (got) => got.flat().length > 0);
    assert.deepEqual(textsOf(delivered.flat()), [type]);
  }
  assert.equal(member.generation, generation);
  await member.commit([{ topic, partition: 0, offset: 3 }]);
});

Deno.test("a member that was cut off for longer than its session comes back by itself", async () => {
  await using floor = await openFloor();
  const { fixture, topic } = floor;
  const member = await floor.join("a");
  const other = await floor.join("b", { log: fixture.log });
  await untilBalanced(fixture, [member, other], 4);
  const place = member.assignment[0]!;
  floor.fault = () => failure("CONNECTION");
  await pollUntil(fixture, [member, other], () => other.assignment.length === 4);
  await publishTexts(fixture.log, place, ["meanwhile"]);
  const got = await pollUntil(fixture, [other], (delivered) => delivered.flat().length > 0);
  assert.deepEqual(textsOf(got.flat()), ["meanwhile"]);
  await other.commit([{ ...place, offset: 1 }]);
  floor.fault = () => null;
  const told: GroupPoll[] = [];
  const before = deadline(fixture.deadlineMs, () => "shared assignment");
  const generations = () => new Set([member.generation, other.generation]);
  while (member.assignment.length + other.assignment.length !== 4 || generations().size > 1) {
    before();
    told.push(await member.poll({ timeoutMs: 20 }));
    await other.poll({ timeoutMs: 20 });
  }
  const [lost] = told.filter(({ kind }) => kind === "assignment");
  assert.ok(lost?.kind === "assignment");
  assert.deepEqual([lost.assigned.length, lost.revoked.length], [0, 2]);
  const committed = [...await member.committed(), ...await other.committed()];
  assert.equal(committed.find((each) => samePlace(each, { ...place, topic }))?.offset, 1);
});

Deno.test("a session that the broker does not permit fails the first poll, and not for a while", async () => {
  await using floor = await openFloor();
  const member = await floor.join("a", { sessionTimeoutMs: 20 });
  const refused = await failsWith(
    member.poll({ timeoutMs: floor.fixture.deadlineMs }),
    "log-unavailable",
  );
  assert.equal(refused.retriable, false);
});

Deno.test("describeGroup() and lag() of a group that nobody joined are empty", async () => {
  await using floor = await openFloor();
  const group = uniqueName("nobody");
  const { log } = floor.fixture;
  assert.deepEqual(await log.describeGroup(group), { group, generation: 0, members: [] });
  assert.deepEqual(await log.lag(group), []);
});

Deno.test("describeGroup() tells the generation, lasting names and whole assignment", async () => {
  await using floor = await openFloor();
  const { fixture, group } = floor;
  const members = [await floor.join("a"), await floor.join("b")];
  await untilBalanced(fixture, members, 4);
  const described = await fixture.log.describeGroup(group);
  assert.equal(described.generation, members[0]!.generation);
  assert.deepEqual(
    described.members,
    members.map(({ memberId, assignment }, i) => ({
      memberId,
      instanceId: ["a", "b"][i],
      assignment,
    })),
  );
});

function samePlace(
  a: { topic: string; partition: number },
  b: { topic: string; partition: number },
): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
