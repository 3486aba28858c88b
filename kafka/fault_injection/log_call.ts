/**
 * What is told of a call of the log, and what a log with faults works with.
 *
 * @module
 */

import type { TopicPartition } from "../event_log.ts";
import type { LogClock } from "../log_clock.ts";
import type { CallMoment, LogFault, LogOperation } from "./log_fault.ts";
import type { LogFaults } from "./log_faults.ts";

/** One call, told before the log is asked and after it answered. */
export interface LogCall {
  readonly operation: LogOperation;
  readonly moment: CallMoment;
  /** Of a publish or commit what it names, of a poll or heartbeat what is read; none for a join. */
  readonly places: readonly TopicPartition[];
  /** Of a publish: how many. */
  readonly records?: number;
  /** After a call that was refused. */
  readonly failed?: true;
}

/** What makes a log with faults. */
export interface FaultyLogOptions {
  /** What goes wrong now. */
  readonly faults: LogFaults;
  /** What its waits go by. */
  readonly clock: LogClock;
  /** Told when a fault has an effect for the first time; how often, {@link LogFaults.fired} says. */
  readonly onFired?: (fault: LogFault) => void;
  /** Ends the actor here. From then on no call of this log settles, whatever becomes of the actor. */
  readonly crash?: (why: string) => void;
  /** Every settled call passes through it; one that never settles is a thread that was ended. */
  readonly gate?: <T>(settled: Promise<T>) => Promise<T>;
  /** Told of every call. */
  readonly observe?: (call: LogCall) => void;
}
