/**
 * What every message carries besides its content.
 *
 * @module
 */

import { z } from "zod";

/** The longest id of a user, an order, a command or a message, in UTF-16 units. */
export const MAX_ID_LENGTH = 128;

/** The longest ticker symbol, in UTF-16 units. */
export const MAX_SYMBOL_LENGTH = 32;

/**
 * What an id is made of: no control characters, and no half of a surrogate pair, which could not be a
 * record's key: as UTF-8 it would become another text.
 */
export const ID_PATTERN = /^[^\p{Cc}\p{Cs}]*$/u;

/** An id chosen by a sender: not empty, at most {@link MAX_ID_LENGTH} long, of {@link ID_PATTERN}. */
export const idSchema = z.string().min(1).max(MAX_ID_LENGTH).regex(ID_PATTERN);

/** A message id: a sender's own, or the {@link Origin} of a derived message. */
export const messageIdSchema = z.string().min(1).max(3 * MAX_ID_LENGTH);

/** A ticker symbol, known or not. */
export const symbolSchema = z.string().min(1).max(MAX_SYMBOL_LENGTH);

/** A count of ticks, lots or cash units: an integer that a double holds exactly. */
export const unitsSchema = z.number().int().nonnegative();

/** Milliseconds since the epoch. */
export const timestampSchema = z.number().nonnegative();

const commonShape = {
  /** Unique; the same again means the same message again. */
  id: messageIdSchema,
  /** What belongs together: everything about one order carries `user/order`. */
  correlationId: messageIdSchema,
  /** Milliseconds since the epoch: a source's own claim, or the stamp of a derived message's cause. */
  timestamp: timestampSchema,
} as const;

/**
 * The envelope of a **source** message (a client's command, a price, an intent): its id is its
 * sender's, and it has neither cause nor sequence. Fields of those names are taken off.
 */
export const sourceShape = commonShape;

/**
 * The envelope of a **derived** message, an output of a fold: its id is its {@link Origin}.
 */
export const derivedShape = {
  ...commonShape,
  /** The id of the message that this one follows from. */
  causationId: messageIdSchema,
  /** Place in its channel, dense from 0 per origin partition and destination partition. */
  sequence: z.number().int().nonnegative(),
} as const;

/** For messages that are derived, but have one form that is not. */
export const eitherShape = {
  ...commonShape,
  causationId: messageIdSchema.optional(),
  sequence: z.number().int().nonnegative().optional(),
} as const;

/** The envelope of a source message: a client's command, a price, an intent. */
export interface SourceEnvelope {
  /** Unique; the same again means the same message again. Its sender's choice. */
  readonly id: string;
  /** What belongs together: everything about one order carries `user/order`. */
  readonly correlationId: string;
  /** Milliseconds since the epoch: the sender's own claim. */
  readonly timestamp: number;
}

/** The envelope of a derived message, an output of a fold. */
export interface DerivedEnvelope {
  /** Its {@link Origin}, as {@link formatOrigin} writes it. */
  readonly id: string;
  /** What belongs together: everything about one order carries `user/order`. */
  readonly correlationId: string;
  /** The id of the message that this one follows from. */
  readonly causationId: string;
  /** Place in its channel, dense from 0 per origin partition and destination partition. */
  readonly sequence: number;
  /** Milliseconds since the epoch: the stamp of its cause. */
  readonly timestamp: number;
}

/** The envelope of any message: derived where it has a cause and a sequence. */
export interface Envelope extends SourceEnvelope {
  /** The id of the message that a derived one follows from. */
  readonly causationId?: string | undefined;
  /** A derived message's place in its channel, dense from 0. */
  readonly sequence?: number | undefined;
}

/** Which record, folded, gave a message, and the how-manieth of its outputs the message is. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

/**
 * An origin as the id of the message: `topic/partition/offset/index`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatOrigin, parseOrigin } from "./envelope.ts";
 * const origin = { topic: "orders", partition: 3, offset: 1024, index: 0 };
 * assert.equal(formatOrigin(origin), "orders/3/1024/0");
 * assert.deepEqual(parseOrigin("orders/3/1024/0"), origin);
 * ```
 */
export function formatOrigin(origin: Origin): string {
  return `${origin.topic}/${origin.partition}/${origin.offset}/${origin.index}`;
}

const ORIGIN = /^(.+)\/(\d{1,9})\/(\d{1,16})\/(\d{1,9})$/;

/** The origin that a derived message's id spells, or null when it spells none. */
export function parseOrigin(id: string): Origin | null {
  const match = ORIGIN.exec(id);
  if (match === null) return null;
  return {
    topic: match[1]!,
    partition: Number(match[2]),
    offset: Number(match[3]),
    index: Number(match[4]),
  };
}

/**
 * The channel a derived message came by: the origin's `topic/partition`, cut out of the id. Within a
 * destination partition, sequences are dense per channel. Where it is `last`, that string is given:
 * a new one would be hashed anew by whoever looks it up.
 */
export function channelOf(id: string, last = ""): string | null {
  const index = id.lastIndexOf("/");
  if (index <= 0) return null;
  const offset = id.lastIndexOf("/", index - 1);
  if (offset <= 0) return null;
  return offset === last.length && id.startsWith(last) ? last : id.slice(0, offset);
}
