/**
 * What every call of a log with faults goes through: who watches is told, the actor may end, time may
 * pass, and the caller hears of the outcome only through the gate.
 *
 * @module
 */

import type { TopicPartition } from "../event_log.ts";
import type { CallMoment, LogOperation } from "./log_fault.ts";
import type { FaultyLogOptions, LogCall } from "./log_call.ts";
import { type BegunFault, farthest, type LogFaults, type TouchedPlace } from "./log_faults.ts";

/** A call as it begins. */
export interface BeginningCall {
  readonly operation: LogOperation;
  readonly places: readonly TopicPartition[];
  readonly records?: number;
  /** What a fault's `where` is compared with, where that is not `places`. */
  readonly touched?: readonly TouchedPlace[];
  /** Ends the call's own waits early. */
  readonly signal?: AbortSignal | undefined;
}

/** How a wait came to its end. */
export type WaitEnd = "time" | "change" | "signal";

/** The calls of one log with faults, its members' and readers' among them. */
export class FaultyCalls {
  readonly faults: LogFaults;
  readonly #options: FaultyLogOptions;
  #crashed = false;

  constructor(options: FaultyLogOptions) {
    this.faults = options.faults;
    this.#options = options;
    if (options.onFired !== undefined) this.faults.onFired(options.onFired);
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#options.clock.now();
  }

  /** A call of the log that faults are told of: `work` asks the log. */
  run<T>(call: BeginningCall, work: () => Promise<T>): Promise<T> {
    return this.settle(() => this.#run(call, work));
  }

  /** Any call: it never settles once the actor has crashed, and settles through the gate. */
  settle<T>(work: () => Promise<T>): Promise<T> {
    if (this.#crashed) return never();
    const settled = work().then(
      (value) => this.#crashed ? never<T>() : value,
      (error) => this.#crashed ? never<T>() : Promise.reject(error),
    );
    return this.#options.gate?.(settled) ?? settled;
  }

  /** Lets the time pass that `slow` or `late-acknowledgement` adds to a call. */
  async delay(
    kind: "slow" | "late-acknowledgement",
    { places, touched = places, signal }: Omit<BeginningCall, "operation">,
  ): Promise<void> {
    const startedAt = this.now();
    const met: BegunFault<DelayingFault>[] = [];
    while (signal?.aborted !== true) {
      const others = this.faults.holding(kind, touched).filter(notMet(met));
      const worst = farthest([...met.filter(({ ended }) => !ended), ...others]);
      const leftMs = worst === null ? 0 : startedAt + worst.fault.byMs - this.now();
      if (worst === null || leftMs <= 0) return;
      if (!met.some(({ fault }) => fault.id === worst.fault.id)) {
        met.push(worst);
        this.faults.fire(worst);
      }
      await this.wait({ ms: leftMs, signal });
    }
  }

  /** Waits while `unavailable` touches all the log, at most until `deadline`. */
  async untilReachable(
    options: { readonly deadline?: number; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { deadline = Infinity, signal } = options;
    for (let met = this.outage(); met !== null; met = this.outage()) {
      this.faults.fire(met);
      while (!met.ended) {
        const leftMs = deadline - this.now();
        if (leftMs <= 0 || signal?.aborted === true) return;
        await this.wait({ ms: leftMs, signal });
      }
    }
  }

  /** What makes all the log unreachable now. */
  outage(): BegunFault | null {
    const holding = this.faults.holding("unavailable");
    return holding.find(({ fault }) => fault.where === undefined) ?? null;
  }

  /** Until a fault begins or ends, the signal aborts, or the time is up. */
  async wait(
    { ms, signal }: { readonly ms: number; readonly signal?: AbortSignal | undefined },
  ): Promise<WaitEnd> {
    if (signal?.aborted === true) return "signal";
    const { promise, resolve } = Promise.withResolvers<WaitEnd>();
    const aborted = () => resolve("signal");
    const over = new AbortController();
    const unlisten = this.faults.onChange(() => resolve("change"));
    signal?.addEventListener("abort", aborted);
    // A wait without end has no timer: the clock could not count so far.
    if (ms !== Infinity) this.#options.clock.sleep(ms, over.signal).then(() => resolve("time"));
    const end = await promise;
    unlisten();
    signal?.removeEventListener("abort", aborted);
    over.abort();
    return end;
  }

  async #run<T>(call: BeginningCall, work: () => Promise<T>): Promise<T> {
    if (this.#passes(call, "before")) return await never();
    try {
      await this.delay("slow", call);
      const value = await work();
      return this.#passes(call, "after") ? await never() : value;
    } catch (error) {
      if (this.#passes(call, "after", true)) return await never();
      throw error;
    }
  }

  /** Tells of the moment; true when the actor ends at it. */
  #passes(
    { operation, places, records, touched = places }: BeginningCall,
    moment: CallMoment,
    failed = false,
  ): boolean {
    const told: LogCall = {
      operation,
      moment,
      places,
      ...(records === undefined ? {} : { records }),
      ...(failed ? { failed } : {}),
    };
    this.#options.observe?.(told);
    if (this.faults.isEmpty) return false;
    for (const crash of this.faults.holding("crash", touched)) {
      if (crash.fault.operation !== operation || crash.fault.moment !== moment) continue;
      if (!this.faults.strikes(crash)) continue;
      this.faults.fire(crash);
      this.#crashed = true;
      this.#options.crash?.(`crash ${moment} ${operation} (${crash.fault.id})`);
      return true;
    }
    return false;
  }
}

type DelayingFault = Parameters<typeof farthest>[0][number]["fault"];

function notMet(met: readonly BegunFault[]): (each: BegunFault) => boolean {
  return ({ fault }) => !met.some((one) => one.fault.id === fault.id);
}

/** What the caller of a thread that was ended waits for. */
function never<T>(): Promise<T> {
  return new Promise(() => {});
}
