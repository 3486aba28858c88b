/**
 * The meter of a session, as the session asks it.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { FloorFailedError } from "../../actors/floor/floor_failed_error.ts";
import type { ActorHandle } from "../../actors/runtime/actor_handle.ts";
import type { TopicPartitionOffset } from "../../kafka/event_log.ts";
import { doubtedTraders } from "../measuring/doubted_clocks.ts";
import {
  keepLatencies,
  type KeptLatencies,
  readLatencies,
  withEarlier,
} from "../measuring/kept_latencies.ts";
import type { MeterMetrics, MeterQuestion, MeterReading } from "../measuring/meter_actor.ts";
import type { RunFolder } from "../run_folder.ts";
import { startMeter } from "./sources.ts";

/** How long the meter may take to read what is left. */
const MEASURE_WITHIN_MS = 60_000;

/** How long it may take to answer beyond that. */
const ANSWER_WITHIN_MS = 5_000;

/** How long it may take to stop. */
const STOP_WITHIN_MS = 1_000;

/** Measures a session; latencies of earlier sittings are kept in the run's folder, and added. */
export class SessionMeter {
  readonly #floor: Floor;
  readonly #handle: ActorHandle;
  readonly #path: string;
  readonly #earlier: KeptLatencies | null;
  /** One question at a time: each writes the same file. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(floor: Floor, handle: ActorHandle, kept: {
    readonly path: string;
    readonly earlier: KeptLatencies | null;
  }) {
    this.#floor = floor;
    this.#handle = handle;
    this.#path = kept.path;
    this.#earlier = kept.earlier;
  }

  /** Starts it, so that it times what is answered from now on. @throws {FloorFailedError} */
  static async start(floor: Floor, { manifest, paths }: RunFolder): Promise<SessionMeter> {
    const moments = [manifest.started, ...manifest.resumed];
    // Virtual time has one sitting, and nothing to do with when its process was started.
    const sittings = manifest.virtual === undefined ? moments.map(({ at }) => Date.parse(at)) : [];
    const handle = startMeter(floor, {
      timedFrom: await endsOf(floor, ["notifications"]),
      sittings,
      doubted: doubtedTraders(manifest.plan),
    });
    try {
      await handle.ready;
    } catch (error) {
      throw new FloorFailedError(`Cannot measure the run: ${messageOf(error)}`, error);
    }
    const path = paths.latencies;
    return new SessionMeter(floor, handle, { path, earlier: readLatencies(path) });
  }

  /** Resolves, with why, when it can measure no more; else never settles while it runs. */
  get failure(): Promise<FloorFailedError> {
    return this.#handle.down.then(({ error, reason }) =>
      new FloorFailedError(`Cannot measure the run: the meter is down: ${error?.message ?? reason}`)
    );
  }

  /** What was counted so far. */
  async counts(): Promise<MeterReading["counts"]> {
    return (await this.reading()).counts;
  }

  /** What was counted and timed in this sitting so far. */
  async reading(): Promise<MeterReading> {
    const question: MeterQuestion = { kind: "counts" };
    return await this.#handle.ask(question) as MeterReading; // its own answer
  }

  /** What was measured over all sittings, up to the log's ends of now; the latencies are kept. */
  async measure(): Promise<MeterMetrics> {
    const upTo = await endsOf(this.#floor);
    return await this.#metrics({ kind: "metrics", upTo, timeoutMs: MEASURE_WITHIN_MS });
  }

  /** Keeps the latencies measured so far. */
  async keep(): Promise<void> {
    await this.#metrics({ kind: "metrics" });
  }

  async stop(): Promise<void> {
    await this.#handle.stop(STOP_WITHIN_MS);
  }

  #metrics(question: MeterQuestion & { readonly kind: "metrics" }): Promise<MeterMetrics> {
    const asked = this.#turn.then(() => this.#askAndKeep(question));
    // A failure reaches whoever asked; the question behind it only waits for its end.
    this.#turn = asked.catch(() => {});
    return asked;
  }

  async #askAndKeep(
    question: MeterQuestion & { readonly kind: "metrics" },
  ): Promise<MeterMetrics> {
    const deadline = (question.timeoutMs ?? 0) + ANSWER_WITHIN_MS;
    const measured = await this.#handle.ask(question, deadline) as MeterMetrics; // its own answer
    const all = withEarlier(measured, this.#earlier);
    keepLatencies(this.#path, all.histograms);
    return all;
  }
}

async function endsOf(
  floor: Floor,
  topics?: readonly string[],
): Promise<readonly TopicPartitionOffset[]> {
  const found = await floor.log.describeTopics(topics);
  return found.flatMap(({ name, offsets }) =>
    offsets.map(({ end }, partition) => ({ topic: name, partition, offset: end }))
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
