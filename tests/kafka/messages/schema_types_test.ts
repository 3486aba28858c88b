/**
 * Messages are described twice: as interfaces, for readers and the compiler, and as schemas, for
 * bytes. The compiler holds each schema to its interface (`satisfies`); here no field of a schema may be
 * missing from the interface.
 */

import assert from "node:assert/strict";
import type { z } from "zod";
import type * as messages from "../../../kafka/messages/mod.ts";

/** Fields that only one of the two knows; `never` when they agree. */
type Difference<Schema extends z.ZodType, Message> = FieldsOf<z.output<Schema>> extends infer S
  ? Exclude<S, FieldsOf<Message>> | Exclude<FieldsOf<Message>, S>
  : never;

/** `type.field` for each message of a union. */
type FieldsOf<M> = M extends { readonly type: infer T extends string }
  ? `${T}.${Extract<keyof M, string>}`
  : Extract<keyof M, string>;

type Differences =
  | Difference<typeof messages.marketDataSchema, messages.MarketData>
  | Difference<typeof messages.orderCommandSchema, messages.OrderCommand>
  | Difference<typeof messages.orderMessageSchema, messages.OrderMessage>
  | Difference<typeof messages.notificationSchema, messages.Notification>
  | Difference<typeof messages.intentMessageSchema, messages.IntentMessage>
  | Difference<typeof messages.deadLetterSchema, messages.DeadLetter>
  | Difference<typeof messages.floorParametersSchema, messages.FloorParameters>
  | Difference<typeof messages.gatewayLimitsSchema, messages.GatewayLimits>
  | Difference<typeof messages.symbolSpecSchema, messages.SymbolSpec>;

/** Does not compile when there is a difference; the error names it. */
const agree: [Differences] extends [never] ? true : Differences = true;

Deno.test("message schemas and interfaces have the same fields, as the type check finds", () => {
  assert.equal(agree, true);
});
