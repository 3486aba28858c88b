import assert from "node:assert/strict";
import fc from "fast-check";
import { AnswerRing } from "../../../actors/order_gateway/answer_ring.ts";
import { FingerprintTable } from "../../../actors/order_gateway/fingerprint_table.ts";
import { type Hash64, Hasher } from "../../../actors/order_gateway/hash64.ts";
import { hashId, Idempotency } from "../../../actors/order_gateway/idempotency.ts";

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  // Few values, so that entries fall upon each other and wrap around the table's end.
  fc.constantFrom(0, 1, 0x7fffffff, 0xfffffffe, 0xffffffff),
);
const hash: fc.Arbitrary<Hash64> = fc.record({ hi: word, lo: word });

Deno.test("FingerprintTable finds what a Set has, each at its ordinal, and nothing else", () => {
  fc.assert(fc.property(fc.array(hash, { maxLength: 400, size: "max" }), (hashes) => {
    const table = new FingerprintTable();
    const known = new Map<string, number>();
    for (const each of hashes) {
      const name = `${each.hi}/${each.lo}`;
      assert.equal(table.find(each), known.get(name) ?? -1);
      if (known.has(name)) continue;
      known.set(name, known.size);
      table.add(each);
    }
    const restored = FingerprintTable.fromArray(table.toArray());
    assert.equal(restored.size, known.size);
    assert.deepEqual(restored.toArray(), table.toArray());
    for (const each of hashes) {
      assert.equal(restored.find(each), known.get(`${each.hi}/${each.lo}`));
    }
    const last = table.toArray().slice(-2);
    if (known.size === 0) return;
    const grown = FingerprintTable.fromArray(table.toArray().slice(0, -2));
    grown.add({ hi: last[0]!, lo: last[1]! });
    assert.deepEqual(grown.toArray(), table.toArray());
  }));
});

Deno.test("FingerprintTable takes at most 24 bytes an id when it is large", () => {
  const table = new FingerprintTable();
  for (let i = 0; i < 100_000; i++) {
    table.add(new Hasher().word(i).finish());
    if (i > 1_000) assert.ok(table.byteLength / table.size <= 24);
  }
});

Deno.test("AnswerRing keeps the newest answers, also through its bytes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.nat(120),
    fc.nat(40),
    (limit, count, later) => {
      let ring = new AnswerRing(limit);
      const push = (i: number) =>
        ring.push({ hi: i, lo: 2 ** 32 - 1 - i }, i * 10, {
          reason: i % 3 === 0 ? null : "off-tick",
          orderNumber: i * 1_000,
          amount: 2 ** 43 + i,
        });
      for (let i = 0; i < count; i++) push(i);
      const bytes = ring.toBytes();
      ring = AnswerRing.fromBytes(bytes, limit, count);
      assert.deepEqual(ring.toBytes(), bytes);
      for (let i = count; i < count + later; i++) push(i);
      for (let i = 0; i < count + later; i++) {
        const expected = i < count + later - limit ? null : {
          body: { hi: i, lo: 2 ** 32 - 1 - i },
          stamp: i * 10,
          outcome: {
            reason: i % 3 === 0 ? null : "off-tick",
            orderNumber: i * 1_000,
            amount: 2 ** 43 + i,
          },
        };
        assert.deepEqual(ring.get(i), expected);
      }
    },
  ));
});

Deno.test("Hasher gives ids of 300,000 orders a fingerprint each", () => {
  const user = new Hasher().text("user-1").finish();
  const seen = new Set<number>();
  const halves = new Set<number>();
  for (let i = 0; i < 300_000; i++) {
    const { hi, lo } = hashId(user, "order", `user-1-${i}`);
    // 53 of the 64 bits: already a collision here would be one in two hundred thousand.
    seen.add(hi * 2 ** 21 + (lo >>> 11));
    if (i < 20_000) halves.add(lo);
  }
  assert.equal(seen.size, 300_000);
  assert.ok(halves.size >= 19_999, "each half is spread by itself");
});

Deno.test("Hasher tells values apart that are spelled alike, and takes absent for null", () => {
  const values: unknown[] = [
    null,
    1,
    "1",
    true,
    false,
    "",
    "true",
    0,
    -0,
    [],
    {},
    [[]],
    [1, 2],
    [2, 1],
    [[1], 2],
    [1, [2]],
    { a: 1 },
    { b: 1 },
    { a: "1" },
    ["a", 1],
    "a\u0000",
    "\u0000a",
    "a",
    "ab",
    "ba",
  ];
  const hashes = values.map((value) => JSON.stringify(new Hasher().value(value).finish()));
  assert.equal(new Set(hashes).size, values.length);
  const hashOf = (...all: unknown[]) => {
    const hasher = new Hasher();
    for (const value of all) hasher.value(value);
    return hasher.finish();
  };
  assert.deepEqual(hashOf(undefined), hashOf(null));
  assert.notDeepEqual(hashOf("ab", "c"), hashOf("a", "bc"));
  assert.notDeepEqual(hashOf(null, 1), hashOf(1, null));
});

Deno.test("Idempotency matches ids only within their user and kind", () => {
  const limits = { answersPerUser: 4, answerHorizonMs: 100, fingerprintsPerUser: 10 };
  const memory = new Idempotency(limits);
  const [one, two] = ["1", "2"].map((id) => new Hasher().text(id).finish()) as [Hash64, Hash64];
  const outcome = { reason: null, orderNumber: 5, amount: 6 };
  const id = hashId(one, "order", "7");
  assert.equal(memory.recall(id, one, 0).kind, "new");
  memory.remember(id, one, 0, outcome);
  assert.deepEqual(memory.recall(id, one, 100), { kind: "repeat", outcome });
  assert.equal(memory.recall(id, two, 100).kind, "conflict");
  assert.equal(memory.recall(id, one, 101).kind, "stale");
  assert.equal(memory.recall(hashId(one, "cancel", "7"), one, 0).kind, "new");
  assert.equal(memory.recall(hashId(two, "order", "7"), one, 0).kind, "new");
  assert.equal(memory.find(id), 0);
  assert.equal(memory.find(hashId(one, "order", "8")), -1);
});
