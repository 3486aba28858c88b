import assert from "node:assert/strict";
import fc from "fast-check";
import {
  KeyPartitioner,
  murmur2,
  PARTITIONER_CACHE_KEYS,
  partitionForKey,
} from "../../kafka/partitioner.ts";

const hash = (text: string) => murmur2(new TextEncoder().encode(text));

Deno.test("murmur2() gives what Kafka's own clients give", () => {
  // The vectors of `UtilsTest.testMurmur2` of the Apache Kafka clients.
  assert.equal(hash("21"), -973932308);
  assert.equal(hash("foobar"), -790332482);
  assert.equal(hash("a-little-bit-long-string"), -985981536);
  assert.equal(hash("a-little-bit-longer-string"), -1486304829);
  assert.equal(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  assert.equal(hash("abc"), 479470107);
});

Deno.test("partitionForKey() stays within the partitions and follows the hash", () => {
  fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
    const positive = BigInt.asUintN(31, BigInt(hash(key)));
    assert.equal(partitionForKey(key, partitions), Number(positive % BigInt(partitions)));
  }));
});

Deno.test("KeyPartitioner agrees with partitionForKey(), also once its memory was full", () => {
  const partitioner = new KeyPartitioner(6);
  for (let i = 0; i <= PARTITIONER_CACHE_KEYS; i++) partitioner.partitionOf(`key-${i}`);
  for (const key of ["key-0", "key-1", "", "Grüße"]) {
    assert.equal(partitioner.partitionOf(key), partitionForKey(key, 6));
    assert.equal(partitioner.partitionOf(key), partitionForKey(key, 6));
  }
});
