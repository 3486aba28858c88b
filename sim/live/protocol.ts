/**
 * What a live stepper and the process of a run say to each other: one JSON object a line. The first
 * line of a client shows the token that stands in the run's folder; nothing is answered before.
 *
 * @module
 */

import { z } from "zod";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";

/** Grows when either side would misread the other. */
export const LIVE_VERSION = 1;

const MAX_NAME = 256;
const name = z.string().min(1).max(MAX_NAME);
const count = z.int().min(0);

/** The first line of a client. */
export const helloSchema = z.strictObject({
  id: count,
  method: z.literal("hello"),
  version: z.int(),
  token: z.string().max(MAX_NAME),
});

/** What may be asked after it. */
export const requestSchema = z.discriminatedUnion("method", [
  z.strictObject({ id: count, method: z.literal("actors") }),
  z.strictObject({ id: count, method: z.enum(["suspend", "resume", "step"]), actor: name }),
  z.strictObject({ id: count, method: z.literal("events") }),
  /** An actor of another process of the run was suspended, or goes on: the session waits for it, too. */
  z.strictObject({
    id: count,
    method: z.literal("elsewhere"),
    actor: name,
    incarnation: count,
    held: z.boolean(),
  }),
]);

/** A request of a client that has shown the token. */
export type LiveRequest = z.infer<typeof requestSchema>;

/** Why something was not done. */
export const LIVE_ERROR_CODES = [
  "no-run",
  "not-running",
  "not-attachable",
  "version",
  "refused",
  "gone",
  "no-actor",
  "not-suspended",
  "held-by-another",
  "ending",
  "failed",
] as const;

/** Why something was not done. */
export type LiveErrorCode = (typeof LIVE_ERROR_CODES)[number];

/** Something that a live stepper wanted and did not get. Its message is a sentence for its user. */
export class LiveError extends Error {
  /** Which. */
  readonly code: LiveErrorCode;

  /** The message is action, colon, state. */
  constructor(code: LiveErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LiveError";
    this.code = code;
  }
}

const partitionSchema = z.strictObject({
  topic: z.string(),
  partition: count,
  /** The offset of the next record that is not committed. */
  next: count,
  /** The offset that the next append will get. */
  end: count,
  lag: count,
});

/** An actor, as a live stepper sees it. */
export const actorSchema = z.strictObject({
  id: z.string(),
  role: z.string(),
  phase: z.enum(["waiting", "starting", "running", "suspended", "stopping", "backoff", "down"]),
  incarnation: count,
  restarts: count,
  /** Partitions that it serves; none for one that makes messages of its own. */
  partitions: z.array(partitionSchema),
  lag: count,
  counters: z.record(z.string(), z.number()),
  /** Who has suspended it, as seen by who asks; null: nobody. */
  heldBy: z.enum(["you", "another"]).nullable(),
});

/** All that one process has. */
export const actorsSchema = z.array(actorSchema);

const placeSchema = z.strictObject({ topic: z.string(), partition: count, offset: count });

/** What a step did: which record was read, and where what was written stands; null: nothing to do. */
export const stepSchema = z.strictObject({
  incarnation: count,
  at: z.number(),
  done: z.strictObject({
    read: placeSchema.nullable(),
    wrote: z.array(placeSchema.extend({ count })),
  }).nullable(),
});

/** The answer to the first line. */
export const welcomeSchema = z.strictObject({
  version: z.literal(LIVE_VERSION),
  run: z.string(),
  /** The name under which its process joined the floor; null: the process of the session. */
  process: z.string().nullable(),
  pid: count,
});

/** One that was written by the runtime, and is only shown. */
const eventSchema = z.looseObject({
  at: z.number(),
  number: count,
  actor: z.string(),
  incarnation: count,
  kind: z.string(),
}) as unknown as z.ZodType<RuntimeEvent>; // of the same version of this program; only shown

/** What a client is sent. */
export const messageSchema = z.union([
  z.strictObject({ id: count, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({
    id: count,
    ok: z.literal(false),
    code: z.enum(LIVE_ERROR_CODES),
    message: z.string(),
  }),
  z.strictObject({ event: eventSchema }),
  z.strictObject({ lost: count }),
  z.strictObject({ released: name, why: z.string() }),
  z.strictObject({ ended: z.string() }),
]);

/** A line that a client is sent. */
export type LiveMessage = z.infer<typeof messageSchema>;

/** An actor of one process. */
export type ProcessActor = z.infer<typeof actorSchema>;

/** What a step of an actor did, as its process tells it. */
export type ProcessStep = z.infer<typeof stepSchema>;

/** A record's place in the log. */
export type LivePlace = z.infer<typeof placeSchema>;
