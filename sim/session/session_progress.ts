/**
 * Tells how a session is getting on, while it is played.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { ProgressSnapshot } from "../progress.ts";
import { UPDATE_EVERY_MS } from "../progress_writer.ts";
import type { SessionPlan } from "../session_plan.ts";
import type { FloorWatch } from "./floor_watch.ts";
import type { SessionMeter } from "./session_meter.ts";

/** After a look at the floor it rests so many times as long as the look took, up to a limit. */
const REST = { perLook: 4, mostMs: 1_000 } as const;

/** After progress could not be told. */
const NO_PROGRESS_MS = 2_000;

/** How often latencies are kept, against the end of the process. */
const KEEP_EVERY_MS = 2_000;

/** Where progress comes from and goes to. */
export interface ProgressParts {
  readonly floor: Pick<Floor, "progress">;
  readonly meter: Pick<SessionMeter, "counts" | "keep">;
  readonly watch: FloorWatch;
  readonly plan: SessionPlan;
  readonly clock: Clock;
  /** The session's time, in milliseconds. */
  readonly sessionAt: () => number;
  readonly tell: (snapshot: ProgressSnapshot) => void;
  readonly say: (text: string) => void;
}

/** Progress of one session. */
export class SessionProgress {
  readonly #parts: ProgressParts;
  #draining = false;
  #keptAt: number;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
    this.#keptAt = parts.clock.now();
  }

  /** From now on the script is over. */
  draining(): void {
    this.#draining = true;
  }

  /** Tells until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, say } = this.#parts;
    const over = aborted(signal);
    while (!signal.aborted) {
      const lookedAt = clock.now();
      try {
        // A look that the log keeps waiting is not worth waiting for in the end.
        await Promise.race([this.#tick(signal), over]);
      } catch (error) {
        // Progress is not worth a failure: what is wrong with meter or log is noticed elsewhere.
        if (!signal.aborted) say(`no progress to show: ${String(error)}`);
        await clock.sleep(NO_PROGRESS_MS, signal);
      }
      const lookedMs = clock.now() - lookedAt;
      await clock.sleep(
        Math.max(UPDATE_EVERY_MS, Math.min(REST.perLook * lookedMs, REST.mostMs)),
        signal,
      );
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { clock, meter, tell } = this.#parts;
    const snapshot = await this.#snapshot();
    if (signal.aborted) return;
    tell(snapshot);
    if (clock.now() - this.#keptAt < KEEP_EVERY_MS) return;
    this.#keptAt = clock.now();
    await meter.keep();
  }

  async #snapshot(): Promise<ProgressSnapshot> {
    const { floor, meter, watch, plan, sessionAt } = this.#parts;
    const counts = await meter.counts();
    const { lag } = await floor.progress();
    const elapsedMs = Math.max(0, sessionAt());
    return {
      elapsedMs,
      plannedMs: plan.durationMs,
      phase: this.#draining ? "draining" : this.#phaseAt(elapsedMs),
      intended: counts.intended.orders,
      sent: counts.sent,
      answered: counts.answered,
      trades: counts.trades,
      lag,
      restarts: watch.restarts,
    };
  }

  #phaseAt(elapsedMs: number): string {
    const phase = this.#parts.plan.phases.findLast(({ startsAtMs }) => startsAtMs <= elapsedMs);
    return phase?.name ?? "starting";
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
