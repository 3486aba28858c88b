/**
 * Waiting for the moment of a fault: a time of the session, a count of records, a runtime event.
 *
 * @module
 */

import type { Clock } from "../../actors/runtime/clock.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { parseInstance } from "../scenario_events.ts";
import type { PlannedTrigger } from "./planned_fault.ts";

/** How often records are counted, and, after a look that took long, how many times as long it rests. */
const LOOK_EVERY_MS = 20;
const REST_PER_LOOK = 4;

/** What triggers go by. */
export interface TriggerParts {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Pick<EventLog, "describeTopics">;
  /** The session's time, in milliseconds; below 0 before its first order. */
  readonly sessionAt: () => number;
  /** The time that the session goes on from; 0 for one that begins. */
  readonly from: number;
  /** Aborts when nothing more is to begin. */
  readonly over: AbortSignal;
}

interface Waiting {
  readonly trigger: Extract<PlannedTrigger, { readonly kind: "event" }>;
  seen: number;
  readonly come: () => void;
}

/** Waits for the triggers of one session. */
export class FaultTriggers {
  readonly #parts: TriggerParts;
  readonly #waiting = new Set<Waiting>();

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  /** Told of every runtime event; those before the session's start are of nobody's script. */
  observe(event: RuntimeEvent): void {
    const { sessionAt, from } = this.#parts;
    if (sessionAt() < from) return;
    for (const waiting of this.#waiting) {
      if (!isMeant(event, waiting.trigger)) continue;
      if (++waiting.seen === waiting.trigger.nth) waiting.come();
    }
  }

  /** Resolves with null when the moment has come, else with why it will not come. */
  async come(trigger: PlannedTrigger): Promise<string | null> {
    switch (trigger.kind) {
      case "time":
        return await this.#time(trigger.atMs);
      case "count":
        return await this.#count(trigger);
      case "event":
        return await this.#event(trigger);
      case "call":
        // It lies in wait from the session's start on; the call itself is the moment.
        return await this.#time(this.#parts.from);
    }
  }

  async #time(atMs: number): Promise<string | null> {
    const { clock, sessionAt, from, over } = this.#parts;
    if (atMs < from) return "its time had passed when the run was gone on with";
    const waitMs = atMs - sessionAt();
    if (waitMs > 0) await clock.sleep(waitMs, over);
    return over.aborted ? "the session was over before" : null;
  }

  async #count(
    { topic, records }: Extract<PlannedTrigger, { readonly kind: "count" }>,
  ): Promise<string | null> {
    const { clock, from, over } = this.#parts;
    let count: number | null = null;
    for (let isFirst = true; !over.aborted; isFirst = false) {
      const lookedAt = clock.now();
      count = await this.#countOf(topic) ?? count;
      if (count !== null && count >= records) {
        return isFirst && from > 0
          ? `${topic} had ${records} records before the run was gone on with`
          : null;
      }
      const restMs = REST_PER_LOOK * (clock.now() - lookedAt);
      await clock.sleep(Math.max(LOOK_EVERY_MS, restMs), over);
    }
    return `${topic} had ${count ?? "an unknown number"} of ${records} records in the end`;
  }

  /** Null while the log cannot be asked. */
  async #countOf(topic: string): Promise<number | null> {
    try {
      const [description] = await this.#parts.log.describeTopics([topic]);
      return description?.offsets.reduce((sum, { end }) => sum + end, 0) ?? 0;
    } catch {
      // A log that is out of reach, perhaps by a fault of this very plan, is asked again.
      return null;
    }
  }

  #event(trigger: Waiting["trigger"]): Promise<string | null> {
    const { over } = this.#parts;
    const { event, actor, nth } = trigger;
    return new Promise((resolve) => {
      const settle = (why: string | null) => {
        this.#waiting.delete(waiting);
        over.removeEventListener("abort", giveUp);
        resolve(why);
      };
      const giveUp = () => {
        const whose = actor === undefined ? "" : ` of ${actor}`;
        settle(`${waiting.seen} of ${nth} events "${event}"${whose} came`);
      };
      const waiting: Waiting = { trigger, seen: 0, come: () => settle(null) };
      if (over.aborted) return resolve("the session was over before");
      this.#waiting.add(waiting);
      over.addEventListener("abort", giveUp);
    });
  }
}

/** Whether an event is of the kind that a trigger waits for, and of an actor that it means. */
function isMeant(event: RuntimeEvent, { event: kind, actor }: Waiting["trigger"]): boolean {
  if (event.kind !== kind) return false;
  return actor === undefined || event.actor === actor ||
    parseInstance(event.actor)?.group === actor;
}
