import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import kafkajsProtocol from "kafkajs/src/consumer/assignerProtocol.js";
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "../../../kafka/cluster/consumer_protocol.ts";
import type { ClientPartition } from "../../../kafka/cluster/kafka_client.ts";
import { EventLogError } from "../../../kafka/event_log.ts";

/** Another implementation of the protocol. */
const AssignerProtocol: {
  readonly MemberMetadata: {
    encode(of: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
    decode(encoded: Buffer): { readonly topics: readonly string[]; readonly userData: Buffer };
  };
  readonly MemberAssignment: {
    encode(
      of: { version: number; assignment: Readonly<Record<string, number[]>>; userData: Buffer },
    ): Buffer;
    decode(encoded: Buffer): { readonly assignment: Readonly<Record<string, number[]>> } | null;
  };
} = kafkajsProtocol;

const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const topics = fc.uniqueArray(names, { maxLength: 5 });
const int32 = fc.integer({ min: -1, max: 2 ** 31 - 1 });

/** Partitions of a topic together, as the protocol has them. */
const places: fc.Arbitrary<ClientPartition[]> = topics.chain((each) =>
  fc.tuple(...each.map((topic) =>
    fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 6 })
      .map((partitions) => partitions.map((partition) => ({ topic, partition })))
  ))
).map((each) => each.flat());

Deno.test("decodeSubscription() gives back what encodeSubscription() was given", () => {
  const subscriptions = fc.record(
    { topics, instanceId: names, owned: places, generation: int32 },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(subscriptions, (subscription) => {
    assert.deepEqual(decodeSubscription(encodeSubscription(subscription)), subscription);
  }));
});

Deno.test("decodeAssignment() gives back what encodeAssignment() was given", () => {
  const assignments = fc.record(
    { partitions: places, generation: int32, topics },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(assignments, (assignment) => {
    assert.deepEqual(decodeAssignment(encodeAssignment(assignment)), assignment);
  }));
});

Deno.test("encodeSubscription() and encodeAssignment() are read by another implementation", () => {
  const owned = [{ topic: "ä", partition: 2 }];
  const subscription = { topics: ["t", "ä"], instanceId: "gateway-1", owned, generation: 7 };
  const read = AssignerProtocol.MemberMetadata.decode(
    Buffer.from(encodeSubscription(subscription)),
  );
  assert.deepEqual(read.topics, ["t", "ä"]);
  assert.equal(read.userData.toString(), "gateway-1");
  const partitions = [{ topic: "t", partition: 3 }, { topic: "t", partition: 0 }, ...owned];
  const assigned = AssignerProtocol.MemberAssignment.decode(
    Buffer.from(encodeAssignment({ partitions, generation: 7, topics: ["t"] })),
  );
  assert.deepEqual({ ...assigned?.assignment }, { t: [3, 0], ä: [2] });
});

Deno.test("members of other programs are understood as far as the protocol goes", () => {
  const metadata = AssignerProtocol.MemberMetadata.encode({
    version: 0,
    topics: ["t"],
    userData: Buffer.alloc(0),
  });
  assert.deepEqual(decodeSubscription(metadata), {
    topics: ["t"],
    instanceId: "",
    owned: [],
    generation: -1,
  });
  for (const userData of [Buffer.alloc(0), Buffer.from([0, 0, 0, 9, 1, 2, 3, 4])]) {
    const assignment = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { t: [1] },
      userData,
    });
    assert.deepEqual(decodeAssignment(assignment), {
      partitions: [{ topic: "t", partition: 1 }],
      generation: 0,
      topics: null,
    });
  }
});

Deno.test("decodeAssignment() of no bytes is an empty assignment", () => {
  assert.deepEqual(decodeAssignment(new Uint8Array()), {
    partitions: [],
    generation: 0,
    topics: null,
  });
});

Deno.test("bytes that end early or are something else fail with log-foreign, and nothing worse", () => {
  const whole = encodeAssignment({
    partitions: [{ topic: "t", partition: 0 }],
    generation: 1,
    topics: ["t"],
  });
  for (let length = 1; length < whole.length; length++) {
    assert.throws(() => decodeAssignment(whole.subarray(0, length)), isForeign);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    for (const decode of [decodeSubscription, decodeAssignment]) {
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(isForeign(error), String(error));
      }
    }
  }));
});

function isForeign(error: unknown): boolean {
  return error instanceof EventLogError && error.code === "log-foreign" &&
    /^Cannot read [^:]+: ./.test(error.message);
}
