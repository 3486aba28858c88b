import assert from "node:assert/strict";
import { derivedMessage as placed } from "../../../actors/fold/derived_message.ts";

const ENVELOPE = {
  id: "orders/0/1/2",
  correlationId: "501/1",
  causationId: "order-commands/0/7/0",
  sequence: 3,
  timestamp: 1625159076,
};

function derivedMessage(body: object, envelope: typeof ENVELOPE): object {
  const { id, correlationId, causationId, sequence, timestamp } = envelope;
  return placed(body, id, correlationId, causationId, sequence, timestamp);
}

Deno.test("derivedMessage() puts the envelope behind the body, for more types than it has places", () => {
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 40; n++) {
      const body = Object.freeze({ type: `type-${n}`, [`field-${n}`]: n, symbol: "AAPL" });
      const message = derivedMessage(body, ENVELOPE);
      assert.equal(JSON.stringify(message), JSON.stringify({ ...body, ...ENVELOPE }));
      assert.notEqual(message, derivedMessage(body, ENVELOPE));
    }
  }
});

Deno.test("derivedMessage() takes a body of any shape, also one without a type", () => {
  for (const body of [{}, { type: 7 }, { type: "trade" }, { type: "trade", more: null }]) {
    const expected = { ...body, ...ENVELOPE };
    assert.deepEqual(derivedMessage(body, ENVELOPE), expected);
  }
});
