/**
 * Messages of `intents`: what a producer is about to send, durable before it sends it.
 *
 * @module
 */

import { z } from "zod";
import { idSchema, type SourceEnvelope, sourceShape, timestampSchema } from "./envelope.ts";

/** What a producer is about to send. Source message; its id is the command's own id. */
export interface Intent extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "intent";
  /** Lasting name; key of the topic. */
  readonly producer: string;
  /** The producer's count of intents, from 0. */
  readonly number: number;
  /** When the command is meant to be sent, in milliseconds since the epoch. Latency counts from it. */
  readonly intendedAt: number;
  /** The partition of `order-commands` that it goes to. */
  readonly partition: number;
  /** The key that it goes with. */
  readonly key: string | null;
  /** The value exactly as it is sent: text, or base64 when the bytes are meant to be no UTF-8. */
  readonly value: string;
  /** How {@link value} is to be read. */
  readonly encoding: "text" | "base64";
}

/** Schema of {@link Intent}. */
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
}) satisfies z.ZodType<Intent>;

/** Source message: how far a producer has got. What comes after it is sent again on its return. */
export interface IntentsAcknowledged extends SourceEnvelope {
  /** Tells messages apart. */
  readonly type: "intents-acknowledged";
  /** Whose intents. */
  readonly producer: string;
  /** The commands of all intents with a lower number are in `order-commands`. */
  readonly before: number;
}

/** Schema of {@link IntentsAcknowledged}. */
export const intentsAcknowledgedSchema = z.object({
  type: z.literal("intents-acknowledged"),
  ...sourceShape,
  producer: idSchema,
  /** The commands of all intents with a lower number are in `order-commands`. */
  before: z.number().int().nonnegative(),
}) satisfies z.ZodType<IntentsAcknowledged>;

/** Any message of `intents`. */
export type IntentMessage = Intent | IntentsAcknowledged;

/** Schema of {@link IntentMessage}. */
export const intentMessageSchema = z.discriminatedUnion("type", [
  intentSchema,
  intentsAcknowledgedSchema,
]) satisfies z.ZodType<IntentMessage>;
