import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type EventLog,
  EventLogError,
  type GroupMember,
  type LogRecord,
} from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { fileFixture } from "../embedded/fixtures.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { plainTopic, uniqueName } from "../log_fixture.ts";

type Deed =
  | {
    readonly do: "publish";
    readonly topic: number;
    readonly partition: number;
    readonly keys: string;
  }
  | { readonly do: "join"; readonly member: number; readonly topics: readonly number[] }
  | { readonly do: "poll" | "leave" | "heartbeat" | "committed"; readonly member: number }
  | { readonly do: "commit" | "seek"; readonly member: number; readonly at: number }
  | { readonly do: "delete" | "create" | "read"; readonly topic: number }
  | { readonly do: "lag" | "group" | "topics" | "clean" | "wait" };

const member = fc.nat(2);
const topic = fc.nat(1);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      topic,
      partition: fc.nat(3),
      keys: fc.constantFrom("a", "ab", "aB", "bba", "A"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("join" as const),
      member,
      topics: fc.constantFrom([0], [1], [0, 1]),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("poll" as const), member }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("leave" as const, "heartbeat" as const, "committed" as const),
      member,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("commit" as const, "seek" as const),
      member,
      at: fc.nat(6),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("delete" as const, "create" as const, "read" as const),
      topic,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "lag" as const,
        "group" as const,
        "topics" as const,
        "clean" as const,
        "wait" as const,
      ),
    }),
  },
);

/** Does deeds on one log and tells what came of them, as a user sees it. */
class User {
  readonly #log: EventLog;
  readonly #topics: readonly string[];
  readonly #group: string;
  readonly #wait: (ms: number) => void;
  readonly #members = new Map<number, GroupMember>();

  constructor(log: EventLog, { topics, group, wait }: {
    readonly topics: readonly string[];
    readonly group: string;
    readonly wait: (ms: number) => void;
  }) {
    this.#log = log;
    this.#topics = topics;
    this.#group = group;
    this.#wait = wait;
  }

  async do(deed: Deed): Promise<unknown> {
    try {
      return await this.#do(deed);
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      return { code: error.code, message: error.message, retriable: error.retriable };
    }
  }

  async end(): Promise<void> {
    for (const each of this.#members.values()) await each.leave();
    for (const { name } of await this.#log.describeTopics(this.#topics)) {
      await this.#log.deleteTopics([name]);
    }
  }

  async #do(deed: Deed): Promise<unknown> {
    switch (deed.do) {
      case "publish": {
        // A capital letter is a tombstone.
        const records = [...deed.keys].map((key) => ({
          key,
          value: key === key.toUpperCase() ? null : `of ${key}`,
        }));
        const { partition } = deed;
        return await this.#log.publish([{ topic: this.#topics[deed.topic]!, partition, records }]);
      }
      case "join":
        this.#members.set(
          deed.member,
          await this.#log.join({
            group: this.#group,
            topics: deed.topics.map((topic) => this.#topics[topic]!),
            instanceId: `member-${deed.member}`,
          }),
        );
        return this.#members.get(deed.member)!.memberId;
      case "delete":
        return await this.#log.deleteTopics([this.#topics[deed.topic]!]);
      case "create":
        return await this.create(deed.topic);
      case "read":
        return await this.#read(this.#topics[deed.topic]!);
      case "lag":
        return await this.#log.lag(this.#group);
      case "group":
        return await this.#log.describeGroup(this.#group);
      case "topics":
        return (await this.#log.describeTopics(this.#topics)).map(({ offsets }) => offsets);
      case "clean":
        return await this.#log.clean();
      case "wait":
        return this.#wait(200);
      default:
        return await this.#doAsMember(this.#members.get(deed.member), deed);
    }
  }

  async create(topic: number): Promise<void> {
    const cleanup = topic === 1 ? "compact" : "keep";
    await this.#log.createTopics([
      plainTopic({ name: this.#topics[topic]!, partitions: 3, cleanup }),
    ]);
  }

  async #doAsMember(
    member: GroupMember | undefined,
    deed: Exclude<Extract<Deed, { readonly member: number }>, { readonly do: "join" }>,
  ): Promise<unknown> {
    if (member === undefined) return "nobody";
    const { assignment } = member;
    switch (deed.do) {
      case "poll":
        return await drained(member);
      case "commit": {
        const offsets = assignment.slice(0, deed.at).map((place) => ({
          ...place,
          offset: deed.at,
        }));
        return await member.commit(offsets);
      }
      case "seek": {
        const place = assignment[deed.at % Math.max(1, assignment.length)];
        return member.seek({ ...place ?? { topic: "none", partition: 0 }, offset: 0 });
      }
      case "leave":
        return await member.leave();
      case "heartbeat":
        return await member.heartbeat();
      case "committed":
        return await member.committed();
    }
  }

  async #read(topic: string): Promise<unknown> {
    const places = [0, 1, 2].map((partition) => ({ topic, partition, offset: 0 }));
    const reader = this.#log.openReader(places);
    try {
      const records: LogRecord[] = [];
      for (;;) {
        const batches = await reader.poll({ timeoutMs: 0 });
        if (batches.length === 0) return { records: inOrder(records), positions: reader.positions };
        for (const batch of batches) records.push(...batch.records);
      }
    } finally {
      reader.close();
    }
  }
}

/** A change of assignment, or all that is there to be read. */
async function drained(member: GroupMember): Promise<unknown> {
  const records: LogRecord[] = [];
  for (;;) {
    const polled = await member.poll({ timeoutMs: 0 });
    if (polled.kind === "assignment") return { ...polled, records: inOrder(records) };
    if (polled.batches.length === 0) return inOrder(records);
    for (const batch of polled.batches) records.push(...batch.records);
  }
}

/** Between partitions no order is promised. */
function inOrder(records: readonly LogRecord[]): unknown {
  return records
    .map(({ topic, partition, offset, key, text }) => ({ topic, partition, offset, key, text }))
    .sort((a, b) =>
      a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset
    );
}

Deno.test("a user of the memory log sees what a user of the embedded log sees", async () => {
  await using file = await fileFixture();
  const clock = new FakeClock(file.clock!.now());
  await using log = await openMemoryLog({ clock });
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 40 }), async (deeds) => {
      const names = { topics: ["a", "b"].map(uniqueName), group: uniqueName("group") };
      const users = [
        new User(file.log, { ...names, wait: (ms) => file.clock!.advance(ms) }),
        new User(log, { ...names, wait: (ms) => clock.leap(ms) }),
      ] as const;
      for (const user of users) for (const topic of [0, 1]) await user.create(topic);
      for (const deed of deeds) {
        const [wanted, found] = [await users[0].do(deed), await users[1].do(deed)];
        assert.deepEqual(found, wanted, JSON.stringify(deed));
      }
      for (const user of users) await user.end();
    }),
    { numRuns: 50 },
  );
});
