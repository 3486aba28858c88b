/**
 * Does what the stepper's model wants done, on a run's actor log.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { recordText } from "./draw/entry_text.ts";
import { ShownLoader } from "./load_shown.ts";
import { absentFrom, formatFilter } from "./model/filter_text.ts";
import { rankAt } from "./model/position.ts";
import type { Notice, StepperEffect, StepperEvent } from "./model/stepper_model.ts";

/** Options of a choice that are listed; the rest are counted. */
const MOST_OPTIONS = 100;

/** Records of one order that are looked at, going backward. */
const MOST_RELATED = 10_000;

type Work = Exclude<StepperEffect, { kind: "cancel" }>;
type Of<K extends Work["kind"]> = Extract<Work, { kind: K }>;
type Tell = (event: StepperEvent) => void;

/** One thing that is being done. */
interface Job {
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Works for one stepper: one thing after another, since an actor log takes one caller at a time. */
export class StepperEdge {
  readonly #log: ActorLog;
  readonly #loader: ShownLoader;
  #working: Promise<void> = Promise.resolve();
  #cancel: () => void = () => {};

  constructor(log: ActorLog) {
    this.#log = log;
    this.#loader = new ShownLoader(log);
  }

  /** Does it, and tells what came of it. What is cancelled tells at once, though it may end later. */
  perform(effect: StepperEffect, tell: Tell): void {
    if (effect.kind === "cancel") return this.#cancel();
    const abort = new AbortController();
    let isOver = false;
    const tellOnce = (event: StepperEvent) => {
      if (isOver) return;
      isOver = event.kind !== "progressed" && event.kind !== "filtered";
      tell(event);
    };
    this.#cancel = () => {
      abort.abort();
      tellOnce(stayed("Ended", "doubt"));
    };
    const job: Job = { signal: abort.signal, tell: tellOnce };
    this.#working = this.#working.then(() => this.#try(effect, job));
  }

  /** Resolves when nothing is being done any more. */
  async settled(): Promise<void> {
    this.#cancel();
    await this.#working;
  }

  async #try(effect: Work, job: Job): Promise<void> {
    if (job.signal.aborted) return;
    try {
      await this.#do(effect, job);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      job.tell(stayed(error.message, "bad"));
    }
  }

  async #do(effect: Work, job: Job): Promise<void> {
    switch (effect.kind) {
      case "show":
        return await this.#show(effect, job);
      case "find":
        return await this.#find(effect, job);
      case "related":
        return await this.#related(effect, job);
      case "cause":
        return await this.#toCause(effect, job);
      case "effects":
        return await this.#toEffects(effect, job);
      case "go":
        return await this.#go(effect, job);
      case "filter":
        return await this.#filter(effect, job);
    }
  }

  async #show(
    { rank, actor, manner }: Pick<Of<"show">, "rank" | "actor" | "manner">,
    { tell }: Job,
  ): Promise<void> {
    tell({ kind: "arrived", shown: await this.#loader.load(rank, actor), manner });
  }

  async #find(effect: Of<"find">, job: Job): Promise<void> {
    const rank = await this.#findRank(effect, job);
    if (rank !== null) await this.#show({ ...effect, rank }, job);
    else job.tell(stayed(effect.nothing));
  }

  async #findRank(
    { from, direction, filter }: Pick<Of<"find">, "from" | "direction" | "filter">,
    { signal, tell }: Job,
  ): Promise<number | null> {
    const found = await this.#log.find({
      from,
      direction,
      filter,
      signal,
      onProgress: (rank) => tell({ kind: "progressed", rank }),
    });
    return found?.rank ?? null;
  }

  async #related(
    { rank, correlationId, direction }: Of<"related">,
    job: Job,
  ): Promise<void> {
    const candidates: number[] = [];
    for (const other of this.#log.index.about(correlationId)) {
      if (direction === "forward" ? other <= rank : other >= rank) continue;
      candidates.push(other);
      if (candidates.length > MOST_RELATED) {
        if (direction === "forward") break;
        candidates.shift();
      }
    }
    if (direction === "backward") candidates.reverse();
    for (const other of candidates) {
      if (job.signal.aborted) return;
      const entry = await this.#log.entry(other);
      // Ids with the same fingerprint are among them.
      if (entry.kind === "event" || entry.record.message?.correlationId !== correlationId) continue;
      return await this.#show({ rank: other, actor: null, manner: "jump" }, job);
    }
    const way = direction === "forward" ? "after" : "before";
    job.tell(stayed(`No record of ${correlationId} ${way} this one`));
  }

  async #toCause({ place }: Of<"cause">, job: Job): Promise<void> {
    const cause = await this.#log.cause(place);
    if (cause.kind === "none") return job.tell(stayed(cause.why));
    const actor = cause.kind === "step" ? cause.actor : null;
    await this.#show({ rank: this.#rankOf(cause.place), actor, manner: "jump" }, job);
  }

  async #toEffects({ place }: Of<"effects">, job: Job): Promise<void> {
    const effects = await this.#log.effects(place);
    const [only] = effects;
    if (only === undefined) {
      return job.tell(stayed("Nothing that is in the log followed from this record"));
    }
    if (effects.length === 1) {
      return await this.#show({ rank: this.#rankOf(only), actor: null, manner: "jump" }, job);
    }
    const options = [];
    for (const effect of effects.slice(0, MOST_OPTIONS)) options.push(await this.#option(effect));
    job.tell({
      kind: "offered",
      chooser: {
        title: `${effects.length} records followed from ${formatPlace(place)}`,
        options,
        unlisted: effects.length - options.length,
        chosen: 0,
      },
    });
  }

  async #option(place: RecordPlace) {
    const record = await this.#log.record(place);
    const text = recordText(record, unitsOf(this.#log.run.parameters));
    const rank = this.#rankOf(place);
    const effect = { kind: "show", rank, actor: null, manner: "jump" } as const;
    return { label: `${formatPlace(place)}  ${text}`, effect };
  }

  async #go({ position }: Of<"go">, job: Job): Promise<void> {
    const found = rankAt(position, this.#log);
    if ("problem" in found) return job.tell(stayed(found.problem, "bad"));
    await this.#show({ rank: found.rank, actor: null, manner: "jump" }, job);
  }

  async #filter({ filter, rank }: Of<"filter">, job: Job): Promise<void> {
    const { index, run } = this.#log;
    if (formatFilter(filter) === "") {
      job.tell({ kind: "filtered", filter });
      return job.tell(stayed("Everything is shown"));
    }
    const absent = absentFrom(filter, { index, parameters: run.parameters });
    if (absent !== null) return job.tell(stayed(absent, "bad"));
    const found = await this.#findRank({ from: rank, direction: "forward", filter }, job) ??
      await this.#findRank({ from: rank, direction: "backward", filter }, job);
    if (job.signal.aborted) return;
    if (found === null) return job.tell(stayed(`No entry has ${formatFilter(filter)}`, "bad"));
    job.tell({ kind: "filtered", filter });
    const manner = found === rank ? "step" : "jump";
    await this.#show({ rank: found, actor: filter.actor ?? null, manner }, job);
  }

  /** @throws {RangeError} when a record that follows from another is not in the order */
  #rankOf(place: RecordPlace): number {
    const rank = this.#log.index.rankOf(place);
    if (rank === null) throw new RangeError(`Cannot go to ${formatPlace(place)}: it is not there`);
    return rank;
  }
}

function stayed(text: string, tone: Notice["tone"] = "quiet"): StepperEvent {
  return { kind: "stayed", notice: { text, tone } };
}
