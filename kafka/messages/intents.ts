/**
 * Messages of `intents`: what a producer is about to send, durable before it sends it.
 *
 * @module
 */

import { z } from "zod";
import { idSchema, sourceShape, timestampSchema } from "./envelope.ts";

export const intentSchema = z.object({
  type: z.literal("intent"),
  ...sourceShape,
  producer: idSchema,
  /** The producer's count of intents, from 0. */
  number: z.number().int().nonnegative(),
  /** When the command is meant to be sent, in milliseconds since the epoch. Latency counts from it. */
  intendedAt: timestampSchema,
  /** The partition of `order-commands` and the key it goes to. */
  partition: z.number().int().nonnegative(),
  key: z.string().nullable(),
  /** The value exactly as it is sent: text, or base64 when the bytes are meant to be no UTF-8. */
  value: z.string(),
  encoding: z.enum(["text", "base64"]),
});
/** Source message; its id is the command's own id. */
export type Intent = z.infer<typeof intentSchema>;

export const intentsAcknowledgedSchema = z.object({
  type: z.literal("intents-acknowledged"),
  ...sourceShape,
  producer: idSchema,
  /** The commands of all intents with a lower number are in `order-commands`. */
  before: z.number().int().nonnegative(),
});
/** Source message: how far a producer has got. What comes after it is sent again on its return. */
export type IntentsAcknowledged = z.infer<typeof intentsAcknowledgedSchema>;

export const intentMessageSchema = z.discriminatedUnion("type", [
  intentSchema,
  intentsAcknowledgedSchema,
]);
/** Any message of `intents`. */
export type IntentMessage = z.infer<typeof intentMessageSchema>;
