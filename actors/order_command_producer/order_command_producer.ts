/**
 * The order command producer: users' order flow, sent as it falls due, whatever became of what was
 * sent before. A source: see `intent_ledger.ts` for what it writes down before it sends.
 *
 * @module
 */

import type { EventLog, PublishedBatch } from "../../kafka/event_log.ts";
import type { Actor } from "../runtime/actor.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Source, SourceActor, type SourceStart, type WorkDone } from "../source_actor.ts";
import { ArrivalSchedule, InstanceArrivals, NO_MORE_ARRIVALS } from "./arrivals.ts";
import { IntentLedger, type OutgoingCommand } from "./intent_ledger.ts";
import { MarketView } from "./market_view.ts";
import {
  checkOrderCommandOptions,
  DEFAULT_MAX_BATCH,
  FLOW_KINDS,
  type FlowKind,
  type OrderCommandProducerOptions,
} from "./options.ts";
import { OrderFlow } from "./order_flow.ts";
import { RECENT_COMMANDS } from "./recent_orders.ts";

/**
 * Makes an order command producer. Its {@link Actor.run} resolves when its part of the load is sent.
 * Latency counts from each intent's `intendedAt`: a command that is sent late keeps it.
 *
 * @throws {RangeError} for options that make no load
 */
export function createOrderCommandProducer(parts: {
  readonly start: SourceStart<OrderCommandProducerOptions>;
  readonly log: EventLog;
  readonly clock: Clock;
}): Actor {
  checkOrderCommandOptions(parts.start.options);
  const source = new OrderSource(parts.start.options, parts.log, parts.clock);
  return new SourceActor(parts.start, source, parts.clock);
}

class OrderSource implements Source {
  readonly #options: OrderCommandProducerOptions;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #view: MarketView;
  readonly #flow: OrderFlow;
  readonly #byKind = new Map<FlowKind, number>();
  #ledger: IntentLedger | null = null;
  #arrivals: InstanceArrivals;
  /** When the next command is due, by the clock; null when there is none any more. */
  #nextAt: number | null = null;
  #intended = 0;
  #acknowledged = 0;
  #behindMs = 0;

  constructor(options: OrderCommandProducerOptions, log: EventLog, clock: Clock) {
    this.#options = options;
    this.#log = log;
    this.#clock = clock;
    this.#view = new MarketView(options.flow.symbols);
    const { producer, seed } = options;
    this.#flow = new OrderFlow(options.flow, { producer, seed, view: this.#view });
    this.#arrivals = this.#arrivalsFrom(0);
  }

  async open(signal: AbortSignal): Promise<void> {
    const { producer, instance } = this.#options;
    const [log, clock, keep] = [this.#log, this.#clock, RECENT_COMMANDS];
    this.#ledger = await IntentLedger.open({ log, clock, producer, instance, keep, signal });
    this.#flow.restore(this.#ledger.recovered);
    this.#arrivals = this.#arrivalsFrom(this.#ledger.nextNumber);
    this.#advance();
    await this.#view.open(this.#log);
  }

  async work(limit: number, signal: AbortSignal): Promise<WorkDone> {
    let published: readonly PublishedBatch[] = [];
    const now = this.#clock.now();
    this.#behindMs = this.#nextAt === null ? 0 : Math.max(0, now - this.#nextAt);
    if (this.#nextAt !== null && this.#nextAt <= now) {
      await this.#view.refresh(now);
      published = await this.#send(this.#draw(now, limit), signal);
    }
    if (this.#nextAt === null) return { kind: "exhausted", published };
    const waitMs = this.#nextAt - this.#clock.now();
    return waitMs <= 0 ? { kind: "now", published } : { kind: "wait", waitMs, published };
  }

  async finish(): Promise<void> {
    await this.#ledger?.finish();
  }

  close(): Promise<void> {
    this.#view.close();
    return Promise.resolve();
  }

  /**
   * `intended` were drawn, `acknowledged` of them are durable in `order-commands`; `sent` counts those
   * of an earlier incarnation that were sent again, too. `behindMs` is how late the last batch was.
   * Then one counter for each kind.
   */
  counters(): Readonly<Record<string, number>> {
    return {
      intended: this.#intended,
      sent: this.#acknowledged + (this.#ledger?.resent ?? 0),
      acknowledged: this.#acknowledged,
      resent: this.#ledger?.resent ?? 0,
      behindMs: Math.round(this.#behindMs),
      ...Object.fromEntries(FLOW_KINDS.map((kind) => [kind, this.#byKind.get(kind) ?? 0])),
    };
  }

  ask(question: unknown): Promise<unknown> {
    const kind = typeof question === "object" && question !== null && "kind" in question
      ? question.kind
      : question;
    if (kind !== "progress") {
      return Promise.reject(new TypeError(`Cannot answer ${String(kind)}: known: progress`));
    }
    return Promise.resolve({
      nextNumber: this.#ledger?.nextNumber ?? 0,
      acknowledgedBefore: this.#ledger?.acknowledgedBefore ?? 0,
      nextAt: this.#nextAt,
    });
  }

  #arrivalsFrom(from: number): InstanceArrivals {
    const { phases, seed, instance, instances } = this.#options;
    return new InstanceArrivals(new ArrivalSchedule(phases, seed), { instance, instances, from });
  }

  #advance(): void {
    const { startAt, elapsedBefore = 0 } = this.#options;
    const sessionMs = this.#arrivals.next();
    this.#nextAt = sessionMs === NO_MORE_ARRIVALS
      ? null
      : startAt + Math.max(0, sessionMs - elapsedBefore);
  }

  #draw(now: number, limit: number): readonly OutgoingCommand[] {
    const { instance, instances, maxBatch = DEFAULT_MAX_BATCH } = this.#options;
    const most = Math.min(limit, maxBatch);
    const first = this.#ledger?.nextNumber ?? 0;
    const commands: OutgoingCommand[] = [];
    while (this.#nextAt !== null && this.#nextAt <= now && commands.length < most) {
      const number = first + commands.length;
      const arrival = number * instances + instance;
      const intendedAt = this.#nextAt;
      const claimedAt = this.#clock.claimed?.(intendedAt) ?? intendedAt;
      const drawn = this.#flow.draw({ number, arrival, intendedAt, claimedAt });
      const { kind, correlationId, key, value, command } = drawn;
      commands.push({ correlationId, intendedAt, key, value, command });
      this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
      this.#advance();
    }
    return commands;
  }

  async #send(
    commands: readonly OutgoingCommand[],
    signal: AbortSignal,
  ): Promise<readonly PublishedBatch[]> {
    this.#intended += commands.length;
    const published = await this.#ledger?.send(commands, signal);
    this.#acknowledged += commands.length;
    return published ?? [];
  }
}
