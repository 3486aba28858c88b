/**
 * Waits for the floor's answers to commands: reads `notifications` from where it ended, without a
 * group, and hands each answer to whoever waits for it.
 *
 * @module
 */

import { type EventLog, EventLogError, type LogReader } from "../../kafka/event_log.ts";
import { type Answer, decodeRecord, isAnswer } from "../../kafka/messages/mod.ts";
import type { Clock } from "../runtime/clock.ts";
import { AnswerTimeoutError } from "./order_errors.ts";

const TOPIC = "notifications";

/** Answers that may be waited for at a time; one more is refused. */
export const MAX_PENDING_ANSWERS = 100_000;

/** A command in the log not answered for so long, while the log can be reached, is `unknown`. */
export const DEFAULT_ANSWER_DEADLINE_MS = 30_000;

/** How long a poll waits, in ms; also how late a passed deadline may be noticed. */
const POLL_MS = 250;

/**
 * While nobody waits for an answer, what came meanwhile is passed over unread so often, in ms. Whoever
 * waits next reads at most so much first; asking more often is a load on a log across the network.
 */
const REST_MS = 250;

/** Wait after a failure of the log that may pass. */
const RETRY_MS = 200;

/** How a listener is opened. */
export interface AnswerListenerOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Only answers to this producer's commands are waited for. */
  readonly producer: string;
  /** Default {@link DEFAULT_ANSWER_DEADLINE_MS}. */
  readonly deadlineMs?: number;
  /**
   * How long in all the log has been out of reach, in ms. Such time does not count: nobody could have
   * answered. Default: never.
   */
  readonly outOfReachMs?: () => number;
}

/** What a client needs of it. */
export interface Answers {
  /** How many answers are waited for. */
  readonly pending: number;
  /** The answer to a command that is about to be sent. */
  waitFor(messageId: string): Promise<Answer>;
  /** These commands, sent in the order in which they are waited for, are in the log now. */
  sent(messageIds: readonly string[]): void;
  /** Gives up on an answer: the command was not sent. */
  abandon(messageId: string, error: unknown): void;
}

interface Waiting {
  /** By the time in which the log could be reached; infinite until the command is in the log. */
  deadlineAt: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One reader of all partitions for any number of waiting callers. */
export class AnswerListener implements Answers, AsyncDisposable {
  readonly #options: AnswerListenerOptions;
  readonly #reader: LogReader;
  readonly #deadlineMs: number;
  /** In order of their deadlines, since commands are sent in it and every wait is equally long. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #stop = new AbortController();
  /** Ends a rest: somebody waits, or the listener is closed. */
  #wake = new AbortController();
  /** What an answer to this producer has in its text; others are passed over undecoded. */
  readonly #mark: string;
  readonly #loop: Promise<void>;
  #failure: unknown = null;

  private constructor(options: AnswerListenerOptions, reader: LogReader) {
    this.#options = options;
    this.#reader = reader;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_ANSWER_DEADLINE_MS;
    this.#mark = JSON.stringify(`${options.producer}/`).slice(1, -1);
    this.#loop = this.#listen();
  }

  /** Opens a listener that hears every answer from now on. */
  static async open(options: AnswerListenerOptions): Promise<AnswerListener> {
    const [topic] = await options.log.describeTopics([TOPIC]);
    if (topic === undefined) {
      throw new EventLogError("unknown-topic", `Cannot listen for answers: no topic "${TOPIC}"`);
    }
    const positions = topic.offsets.map(({ end }, partition) => ({
      topic: TOPIC,
      partition,
      offset: end,
    }));
    return new AnswerListener(options, options.log.openReader(positions));
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /**
   * The deadline begins once the command is {@link sent}.
   *
   * @throws {AnswerTimeoutError} when none came within the deadline
   * @throws {RangeError} when too many are waited for already
   */
  waitFor(messageId: string): Promise<Answer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#waiting.size >= MAX_PENDING_ANSWERS) {
      return Promise.reject(
        new RangeError(`Cannot wait for ${messageId}: ${MAX_PENDING_ANSWERS} answers are pending`),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(messageId, { deadlineAt: Infinity, resolve, reject });
    this.#wake.abort();
    return promise;
  }

  sent(messageIds: readonly string[]): void {
    const deadlineAt = this.#reachableTime() + this.#deadlineMs;
    for (const messageId of messageIds) {
      const waiting = this.#waiting.get(messageId);
      // An answer may have come before.
      if (waiting !== undefined) waiting.deadlineAt = deadlineAt;
    }
  }

  abandon(messageId: string, error: unknown): void {
    const waiting = this.#waiting.get(messageId);
    this.#waiting.delete(messageId);
    waiting?.reject(error);
  }

  /** Stops listening; whoever still waits is told so. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while (!signal.aborted) {
        await this.#turn(signal);
        this.#expire();
      }
      this.#end(new Error("Cannot wait for an answer: the listener is closed"));
    } catch (error) {
      this.#end(error);
    } finally {
      this.#reader.close();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    try {
      if (this.#waiting.size === 0) await this.#rest();
      else await this.#poll(signal);
    } catch (error) {
      if (!(error instanceof EventLogError) || !error.retriable) throw error;
      await this.#options.clock.sleep(RETRY_MS, signal);
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    for (const { records } of await this.#reader.poll({ timeoutMs: POLL_MS, signal })) {
      for (const record of records) {
        if (record.text?.includes(this.#mark) === true) this.#hear(record);
      }
    }
  }

  /** Nobody waits: a busy floor's notifications are nothing to wake up for. */
  async #rest(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { signal } = this.#wake = new AbortController();
    // A log that is away may keep the question for minutes, and a rest is over when it is over.
    const described = this.#options.log.describeTopics([TOPIC]);
    const topics = await Promise.race([described, aborted(signal)]);
    // Whoever has begun to wait meanwhile may have been answered before these ends.
    if (topics === null || this.#waiting.size > 0) return;
    const ends = topics[0]?.offsets ?? [];
    for (const { partition, offset } of this.#reader.positions) {
      const end = ends[partition]?.end ?? offset;
      if (end !== offset) this.#reader.seek({ topic: TOPIC, partition, offset: end });
    }
    await this.#options.clock.sleep(REST_MS, signal);
  }

  #hear(record: Parameters<typeof decodeRecord>[1]): void {
    const decoded = decodeRecord(TOPIC, record);
    if (!decoded.ok || !isAnswer(decoded.message)) return;
    const messageId = decoded.message.causationId;
    if (messageId === undefined) return;
    const waiting = this.#waiting.get(messageId);
    this.#waiting.delete(messageId);
    waiting?.resolve(decoded.message);
  }

  /** The clock without the time in which the log was out of reach. */
  #reachableTime(): number {
    return this.#options.clock.now() - (this.#options.outOfReachMs?.() ?? 0);
  }

  #expire(): void {
    const now = this.#reachableTime();
    for (const [messageId, { deadlineAt, reject }] of this.#waiting) {
      if (deadlineAt > now) return;
      this.#waiting.delete(messageId);
      reject(new AnswerTimeoutError(messageId, this.#deadlineMs));
    }
  }

  #end(error: unknown): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(null), { once: true })
  );
}
