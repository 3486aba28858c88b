import assert from "node:assert/strict";
import fc from "fast-check";
import type { EntryFilter } from "../../../../sim/actor_log/actor_log.ts";
import {
  absentFrom,
  formatFilter,
  parseFilter,
} from "../../../../sim/stepper/model/filter_text.ts";
import { RUN } from "../support/entries.ts";

function parse(text: string): EntryFilter | string {
  const parsed = parseFilter(text);
  return parsed.ok ? parsed.filter : parsed.problem;
}

Deno.test("parseFilter() reads words, with = or :, quoted where they have spaces", () => {
  assert.deepEqual(parse("user=501 symbol:AAPL failures"), {
    userId: "501",
    symbol: "AAPL",
    failures: true,
  });
  assert.deepEqual(parse(`text="not JSON" partition=3`), { text: "not JSON", partition: 3 });
  assert.deepEqual(parse("  "), {});
});

Deno.test("parseFilter() says what would be right", () => {
  assert.match(String(parse("usr=501")), /did you mean "user"/);
  assert.match(String(parse("type=order-rejcted")), /did you mean "order-rejected"/);
  assert.match(String(parse("topic=order")), /must be one of .*orders/);
  assert.match(String(parse("actor=order-gatway")), /did you mean "order-gateway"/);
  assert.match(String(parse("user=")), /needs a value, such as user=501/);
  assert.match(String(parse("=5")), /must be words such as/);
  assert.match(String(parse("partition=three")), /whole number/);
});

Deno.test("parseFilter() reads what formatFilter() writes", () => {
  const text = fc.string({ minLength: 1, unit: "binary" }).filter((each) => each.trim() !== "");
  fc.assert(fc.property(
    fc.record({
      userId: text,
      orderId: text,
      text,
      partition: fc.nat({ max: 63 }),
      failures: fc.constant(true),
    }, { requiredKeys: [] }),
    (filter) => {
      // fast-check's records have no prototype.
      assert.deepEqual(parse(formatFilter(filter)), { ...filter });
    },
  ));
});

Deno.test("absentFrom() names what is near to what the run does not have", () => {
  const index = {
    userNear: (user: string) => ({ found: user === "501", nearest: ["501", "502"] }),
    ordersWith: (order: string) => (order === "1002" ? [{}] : []),
    nearestOrderIds: () => ["1002"],
  };
  // What absentFrom asks an index for.
  const run = { index: index as never, parameters: RUN.parameters };
  assert.equal(absentFrom({ userId: "501", orderId: "1002", symbol: "AAPL" }, run), null);
  assert.equal(
    absentFrom({ userId: "511" }, run),
    `The run has no user "511"; near to it: 501, 502`,
  );
  assert.match(absentFrom({ orderId: "1003" }, run) ?? "", /no order "1003"; near to it: 1002/);
  assert.match(absentFrom({ symbol: "AAPPL" }, run) ?? "", /did you mean "AAPL"/);
  assert.equal(absentFrom({ symbol: "NOPE-9" }, run), null, "somebody may have asked for it");
});
