import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import {
  intentMessageSchema,
  marketDataSchema,
  notificationSchema,
  orderCommandSchema,
  orderMessageSchema,
} from "../../../kafka/messages/mod.ts";
import { compileSureCheck } from "../../../kafka/messages/sure_check.ts";

const ENVELOPE = { id: "orders/1/2/3", correlationId: "a/b", timestamp: 5 };
const DERIVED = { ...ENVELOPE, causationId: "c", sequence: 0 };

/** One good message of the types that travel most. */
const GOOD = [
  {
    schema: orderCommandSchema,
    message: {
      type: "place-order",
      ...ENVELOPE,
      userId: "u",
      orderId: "o",
      symbol: "AAPL",
      side: "buy",
      quantity: 1,
      price: 2,
    },
  },
  {
    schema: orderCommandSchema,
    message: {
      type: "settle-fill",
      ...DERIVED,
      userId: "u",
      orderNumber: 1,
      symbol: "AAPL",
      side: "buy",
      priceTicks: 1,
      quantityLots: 1,
      tradeId: "t",
    },
  },
  {
    schema: orderMessageSchema,
    message: {
      type: "order-accepted",
      ...DERIVED,
      userId: "u",
      orderId: "o",
      orderNumber: 1,
      symbol: "A",
      side: "sell",
      quantityLots: 1,
      limitTicks: null,
      budgetUnits: null,
      timeInForce: "ioc",
      clientTimestamp: 1,
    },
  },
  {
    schema: notificationSchema,
    message: {
      type: "order-filled",
      ...DERIVED,
      userId: "u",
      orderId: "o",
      clientTimestamp: 1,
      orderNumber: 1,
      symbol: "A",
      side: "buy",
      priceTicks: 1,
      quantityLots: 1,
      remainingLots: 0,
      tradeId: "t",
      liquidity: "maker",
    },
  },
  {
    schema: marketDataSchema,
    message: {
      type: "quote",
      ...DERIVED,
      symbol: "A",
      bidTicks: null,
      bidLots: 0,
      askTicks: 1,
      askLots: 1,
    },
  },
  {
    schema: intentMessageSchema,
    message: {
      type: "intent",
      ...ENVELOPE,
      producer: "p",
      number: 0,
      intendedAt: 1,
      partition: 0,
      key: null,
      value: "",
      encoding: "text",
    },
  },
] as const;

const ODD = fc.oneof(
  fc.constantFrom(null, undefined, true, "", " ", "\u0001", "ä", "x".repeat(500), NaN, Infinity),
  fc.constantFrom(-1, 0, 0.5, 1, 2 ** 53, -0, "buy", "place-order", {}, []),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.jsonValue(),
);

Deno.test("compileSureCheck() accepts the messages that travel most", () => {
  for (const { schema, message } of GOOD) {
    const surely = compileSureCheck(schema, ["causationId", "sequence"]);
    assert.equal(surely(message), true, message.type);
    assert.deepEqual(z.parse(schema, message), message);
  }
});

Deno.test("compileSureCheck() accepts nothing that its schema would refuse or change", () => {
  fc.assert(
    fc.property(
      fc.nat(GOOD.length - 1),
      fc.nat(),
      ODD,
      fc.boolean(),
      (kind, which, odd, foreign) => {
        const { schema, message } = GOOD[kind]!;
        const surely = compileSureCheck(schema, ["causationId", "sequence"]);
        const names = [...Object.keys(message), "sequence", "causationId"];
        const name = names[which % names.length]!;
        // As JSON gives it: a field that is left out is not there at all.
        const mutated = foreign && odd !== undefined
          ? { ...message, [name]: odd }
          : Object.fromEntries(Object.entries(message).filter(([key]) => key !== name));
        if (!surely(mutated)) return;
        const parsed = z.safeParse(schema, mutated);
        assert.ok(parsed.success, `${message.type}.${name} = ${JSON.stringify(odd)}`);
        assert.deepEqual(parsed.data, mutated);
      },
    ),
    { numRuns: 5_000 },
  );
});

Deno.test("compileSureCheck() leaves what is no object, and unknown types, to the schema", () => {
  const surely = compileSureCheck(orderMessageSchema, []);
  for (const value of [null, 1, "x", [], { type: "other" }, {}]) assert.equal(surely(value), false);
});
