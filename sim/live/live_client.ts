/**
 * A connection to one process of a run: requests and their answers, and what comes unasked.
 *
 * @module
 */

import { type Deferred, deferred, resolvesWithin } from "../../actors/runtime/deferred.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import { JsonLines } from "./json_lines.ts";
import { ANSWER_WITHIN_MS, MAX_ANSWER_CHARACTERS, WELCOME_WITHIN_MS } from "./limits.ts";
import type { LiveAddress } from "./live_file.ts";
import {
  LIVE_VERSION,
  LiveError,
  type LiveMessage,
  type LiveRequest,
  messageSchema,
  welcomeSchema,
} from "./protocol.ts";
import { LineError } from "./text_lines.ts";

/** A request without its number. */
export type LiveQuestion = LiveRequest extends infer R
  ? R extends LiveRequest ? Omit<R, "id"> : never
  : never;

/** What comes unasked. */
export type Unasked = Exclude<LiveMessage, { readonly id: number } | { readonly ended: string }>;

/** One process that is attached to. */
export class LiveClient {
  /** Resolves, with why, when the other side is gone or this one has closed. */
  readonly ended: Promise<string>;
  readonly #lines: JsonLines;
  readonly #onUnasked: (message: Unasked) => void;
  readonly #waiting = new Map<number, Deferred<unknown>>();
  #nextId = 0;
  #process: string | null = null;
  #why: string | null = null;

  private constructor(lines: JsonLines, onUnasked: (message: Unasked) => void) {
    this.#lines = lines;
    this.#onUnasked = onUnasked;
    this.ended = this.#read();
  }

  /**
   * Attaches. Null: nobody is there, or somebody else listens on that port now.
   * @throws {LiveError} when the process refuses
   */
  static async attach(
    { port, token }: LiveAddress,
    { run, onUnasked }: { readonly run: string; readonly onUnasked: (message: Unasked) => void },
  ): Promise<LiveClient | null> {
    const connection = await connect(port);
    if (connection === null) return null;
    const client = new LiveClient(new JsonLines(connection, MAX_ANSWER_CHARACTERS), onUnasked);
    try {
      const hello = { method: "hello", version: LIVE_VERSION, token } as const;
      const answer = await client.#ask(hello, WELCOME_WITHIN_MS);
      const welcome = welcomeSchema.safeParse(answer);
      if (welcome.success && welcome.data.run === run) {
        client.#process = welcome.data.process;
        return client;
      }
    } catch (error) {
      await client.close();
      if (!(error instanceof LiveError)) throw error;
      if (error.code !== "gone") {
        throw new LiveError(error.code, `Cannot attach to run ${run}: ${error.message}`, error);
      }
    }
    await client.close();
    return null;
  }

  /** The name under which its process joined the floor; null: the process of the session. */
  get process(): string | null {
    return this.#process;
  }

  /** @throws {LiveError} when it is refused, or no answer comes */
  ask(question: LiveQuestion): Promise<unknown> {
    return this.#ask(question);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#why ??= "this side has closed";
    this.#lines.close();
    await this.ended;
  }

  async #ask(
    question: LiveQuestion | { readonly method: "hello"; readonly [field: string]: unknown },
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<unknown> {
    const id = this.#nextId++;
    if (this.#lines.isClosed) throw gone(question.method, this.#why ?? CLOSED);
    const answer = deferred<unknown>();
    this.#waiting.set(id, answer);
    try {
      await this.#lines.send({ id, ...question });
      if (await resolvesWithin(systemClock, withinMs, answer.promise)) return await answer.promise;
    } finally {
      this.#waiting.delete(id);
    }
    throw gone(question.method, `no answer came within ${withinMs / 1_000} s`);
  }

  async #read(): Promise<string> {
    try {
      for await (const value of this.#lines.values()) {
        const message = messageSchema.safeParse(value);
        if (!message.success) throw new LineError("what it says is not what it should be");
        this.#take(message.data);
      }
      this.#why ??= CLOSED;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#why ??= error.message;
    } finally {
      this.#lines.close();
    }
    for (const { reject } of this.#waiting.values()) reject(gone("go on", this.#why));
    return this.#why;
  }

  #take(message: LiveMessage): void {
    if ("ended" in message) {
      this.#why ??= message.ended;
      return;
    }
    if (!("id" in message)) return this.#onUnasked(message);
    const waiting = this.#waiting.get(message.id);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(new LiveError(message.code, message.message));
  }
}

const CLOSED = "its process closed the connection";

function gone(what: string, why: string): LiveError {
  return new LiveError("gone", `Cannot ${what}: ${why}`);
}

/** Null when nobody listens. */
async function connect(port: number): Promise<Deno.TcpConn | null> {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay();
    return connection;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return null;
    throw error;
  }
}
