/**
 * Whether the cluster can be reached, as the requests of one log find it.
 *
 * @module
 */

import type { AvailabilityChange } from "../event_log.ts";
import { FAILURE_MEMORY_MS } from "./cluster_settings.ts";
import { KafkaClientError } from "./kafka_client.ts";
import { isUnreachable } from "./log_errors.ts";

/** Failures that no broker has answered with: they say nothing of whether one can be reached. */
const NO_ANSWER: ReadonlySet<string> = new Set(["AUTHENTICATION", "CLOSED", "OTHER"]);

/** Told of every request; tells of the first that fails and of the first that succeeds again. */
export class Availability {
  readonly #tell: (change: AvailabilityChange) => void;
  readonly #closed: AbortSignal;
  /** What fails, and when it did last, by `performance.now()`. */
  readonly #failing = new Map<string, number>();
  #available = true;

  constructor(tell: (change: AvailabilityChange) => void, closed: AbortSignal) {
    this.#tell = tell;
    this.#closed = closed;
  }

  /** What the request gives, noted. `what` names the same thing at every attempt. */
  async of<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      const answer = await request();
      if (!this.#available) this.#succeeded(what);
      return answer;
    } catch (error) {
      if (error instanceof KafkaClientError && !this.#closed.aborted) {
        if (isUnreachable(error)) this.#failed(what, error);
        else if (!NO_ANSWER.has(error.type)) this.#succeeded(what);
      }
      throw error;
    }
  }

  #failed(what: string, error: KafkaClientError): void {
    this.#failing.set(what, performance.now());
    if (!this.#available) return;
    this.#available = false;
    this.#tell({ available: false, at: Date.now(), why: `${what}: ${error.message}` });
  }

  #succeeded(what: string): void {
    if (this.#available || this.#closed.aborted) return;
    this.#failing.delete(what);
    const forgetBefore = performance.now() - FAILURE_MEMORY_MS;
    for (const [each, failedAt] of this.#failing) {
      if (failedAt < forgetBefore) this.#failing.delete(each);
    }
    if (this.#failing.size > 0) return;
    this.#available = true;
    this.#tell({ available: true, at: Date.now(), why: `${what}: answered` });
  }
}
