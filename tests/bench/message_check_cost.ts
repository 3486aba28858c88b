/**
 * What it costs to know that a record is a valid message: reading its JSON, walking the zod schema,
 * and the comparisons compiled from the schema. See `docs/decisions/surely-valid.md`.
 *
 * deno run tests/bench/message_check_cost.ts
 *
 * @module
 */

import { notificationSchema } from "../../kafka/messages/mod.ts";
import { compileSureCheck } from "../../kafka/messages/sure_check.ts";
import { SAMPLES } from "../kafka/messages/sample_messages.ts";

const MESSAGES = 300_000;

/** The notifications that travel most; those with fields that only zod judges cost what zod costs. */
const texts = SAMPLES.notifications
  .filter(({ type }) => type === "order-placed" || type === "order-filled")
  .map((message) => JSON.stringify(message));
const values: unknown[] = texts.map((text) => JSON.parse(text));
const surelyValid = compileSureCheck(notificationSchema, ["causationId", "sequence"]);

/** Microseconds for one message; the second of two rounds, so that the code is warm. */
function costOf(work: (index: number) => boolean): number {
  let micros = 0;
  for (let round = 0; round < 2; round++) {
    const began = performance.now();
    for (let i = 0; i < MESSAGES; i++) {
      if (!work(i % texts.length)) throw new Error(`Cannot measure: sample ${i} is refused`);
    }
    micros = (performance.now() - began) * 1_000 / MESSAGES;
  }
  return micros;
}

console.log("microseconds for one notification");
for (
  const [what, work] of [
    ["JSON.parse", (i) => JSON.parse(texts[i]!) !== null],
    ["schema", (i) => notificationSchema.safeParse(values[i]).success],
    ["compiled", (i) => surelyValid(values[i])],
  ] as const satisfies readonly (readonly [string, (index: number) => boolean])[]
) console.log(`${what} ${costOf(work).toFixed(2)}`);
