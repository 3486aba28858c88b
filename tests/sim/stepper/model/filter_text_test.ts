import assert from "node:assert/strict";
import fc from "fast-check";
import type { EntryFilter } from "../../../../sim/actor_log/actor_log.ts";
import type { EventsWanted } from "../../../../sim/actor_log/index/run_index.ts";
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

Deno.test("absentFrom() names the actors that the run has where the one asked for is none of them", () => {
  const started = [
    "notifier-0",
    ...Array.from({ length: 14 }, (_, i) => `order-gateway-${i}`),
  ];
  const events = ["floor/gateways", ...started].map((actor, rank) => ({
    rank,
    event: { actor, kind: actor.includes("/") ? "give-up" : "starting" },
  }));
  const indexOf = (all: typeof events) => ({
    events: ({ actor, kinds }: EventsWanted) =>
      all.toReversed().filter(({ event }) =>
        (actor === undefined || event.actor === actor) &&
        (kinds === undefined || kinds.some((kind) => kind === event.kind))
      ),
  });
  const absent = (actor: string, all = events) =>
    absentFrom({ actor }, { index: indexOf(all) as never, parameters: RUN.parameters });
  for (const there of ["order-gateway-13", "order-gateway", "trading-engine", "floor/gateways"]) {
    assert.equal(absent(there), null);
  }
  assert.equal(
    absent("order-gateway-77"),
    `The run has no actor "order-gateway-77"; there are ${
      started.slice(1, 13).join(", ")
    } and 2 more`,
  );
  assert.match(absent("notifier-1")!, /; there are notifier-0$/);
  assert.match(
    absent("portfolio-manager-0")!,
    /; there are notifier-0, order-gateway-0, order-gateway-1, order-gateway-2, /,
  );
  assert.match(absent("notifier-1", [])!, /; its runtime events tell of none$/);
});
