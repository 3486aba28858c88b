/**
 * A person's session with a running floor: the actors, the chosen one, what it was fed, and what
 * happened meanwhile, as plain data for whoever shows it.
 *
 * @module
 */

import { readFloorParameters } from "../../actors/floor/open_floor.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { type Units, unitsOf } from "../actor_log/views/units.ts";
import { clusterConfigAgain, type ClusterValues } from "../command_line/cluster_arguments.ts";
import { openLogOfRun } from "../find_run.ts";
import {
  attachLive,
  type LiveActor,
  type LiveFloor,
  type LiveNews,
  noSuchActor,
} from "./attach_live.ts";
import { KEPT } from "./limits.ts";
import { LiveDecisions } from "./live_decisions.ts";
import { type LiveStep, type ReadStep, readStep } from "./live_records.ts";
import { LiveError } from "./protocol.ts";

/** What there is to show. Never changed: every change makes another. */
export interface LiveView {
  readonly run: string;
  readonly directory: string;
  /** How the floor writes prices, quantities and cash. */
  readonly units: Units;
  /** As they were when they were last looked at. */
  readonly actors: readonly LiveActor[];
  /** The actor that is suspended, stepped and resumed; null: none is chosen. */
  readonly chosen: string | null;
  /** The last steps that were made here, oldest first. */
  readonly fed: readonly LiveStep[];
  /** The last news, oldest first. */
  readonly news: readonly LiveNews[];
  /** Why it is over; null: it goes on. */
  readonly ended: string | null;
  /** Whether something that was asked for has not come to its end. */
  readonly busy: boolean;
}

/** How a session is opened. */
export interface LiveSessionOptions {
  /** Told after every change of the view. */
  readonly onChange?: (view: LiveView) => void;
  /** Told of each piece of news from when one is attached; what came before is in the view. */
  readonly onNews?: (news: LiveNews) => void;
  /** How the run's cluster is reached, where otherwise than its manifest says. */
  readonly cluster?: ClusterValues;
}

/** A session with a running floor. */
export class LiveSession implements AsyncDisposable {
  readonly #floor: LiveFloor;
  readonly #log: EventLog;
  readonly #decisions: LiveDecisions;
  readonly #onChange: (view: LiveView) => void;
  #view: LiveView;
  #underWay = 0;

  private constructor(
    floor: LiveFloor,
    log: EventLog,
    view: LiveView,
    options: LiveSessionOptions,
  ) {
    this.#floor = floor;
    this.#log = log;
    this.#decisions = new LiveDecisions(log, view.units.parameters);
    this.#view = view;
    this.#onChange = options.onChange ?? (() => {});
  }

  /**
   * Attaches to the run of a folder.
   * @throws {LiveError} when it cannot be attached to
   * @throws {EventLogError} when its log cannot be read
   */
  static async attach(
    directory: string,
    options: LiveSessionOptions = {},
  ): Promise<LiveSession> {
    const early: LiveNews[] = [];
    let hear = (news: LiveNews) => void early.push(news);
    const floor = await attachLive(directory, { onNews: (news) => hear(news) });
    try {
      const { log: config, runId: run } = floor.run;
      const log = await openLogOfRun(
        config.kind === "kafka" ? clusterConfigAgain(config, options.cluster ?? {}) : config,
      );
      const units = await unitsIn(log);
      const actors = await floor.actors();
      const view = {
        run,
        directory,
        units,
        actors,
        chosen: null,
        fed: [],
        news: [],
        ended: null,
        busy: false,
      };
      const session = new LiveSession(floor, log, view, options);
      hear = (news) => {
        session.#hear(news);
        options.onNews?.(news);
      };
      for (const news of early) session.#hear(news);
      void floor.ended.then((ended) => session.#show({ ended }));
      return session;
    } catch (error) {
      await floor.close();
      throw error;
    }
  }

  /** What there is to show now. */
  get view(): LiveView {
    return this.#view;
  }

  /** Resolves, with why, when the run has ended or its processes are gone. */
  get ended(): Promise<string> {
    return this.#floor.ended;
  }

  /** Chooses an actor. @throws {LiveError} when there is none of that name */
  choose(id: string): void {
    const there = this.#view.actors.map((actor) => actor.id);
    if (!there.includes(id)) throw noSuchActor(id, "choose", there);
    this.#show({ chosen: id });
  }

  /** Looks at the actors again. @throws {LiveError} */
  async refresh(): Promise<void> {
    this.#show({ actors: await this.#floor.actors() });
  }

  /** Suspends the chosen actor. @throws {LiveError} */
  async suspend(): Promise<void> {
    await this.#doing(async () => {
      await this.#floor.suspend(this.#demandChosen("suspend"));
      await this.refresh();
    });
  }

  /** Lets the chosen actor go on. @throws {LiveError} */
  async resume(): Promise<void> {
    await this.#doing(async () => {
      await this.#floor.resume(this.#demandChosen("resume"));
      await this.refresh();
    });
  }

  /**
   * Feeds the chosen actor one message. Null: there is none for it now.
   * @throws {LiveError | EventLogError}
   */
  step(): Promise<LiveStep | null> {
    return this.#doing(async () => {
      const id = this.#demandChosen("step");
      const read = await readStep(this.#log, id, await this.#floor.step(id));
      if (read === null) return null;
      const step = { ...read, ...await this.#decided(read) };
      this.#show({ fed: [...this.#view.fed, step].slice(-KEPT) });
      return step;
    });
  }

  /** The step was made, whether its decision can be told or not. */
  async #decided(step: ReadStep): Promise<Pick<LiveStep, "decision" | "undecided">> {
    const role = this.#view.actors.find(({ id }) => id === step.actor)?.role ?? "";
    try {
      return { decision: await this.#decisions.of({ ...step, role }), undecided: null };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { decision: null, undecided: error.message };
    }
  }

  /** Lets go of everything: what is suspended goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#floor.close();
    await this.#log.close();
  }

  #demandChosen(what: string): string {
    const { chosen } = this.#view;
    if (chosen !== null) return chosen;
    throw new LiveError("no-actor", `Cannot ${what}: no actor is chosen`);
  }

  async #doing<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    this.#show({ busy: true });
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#show({ busy: this.#underWay > 0 });
    }
  }

  #hear(news: LiveNews): void {
    this.#show({ news: [...this.#view.news, news].slice(-KEPT) });
  }

  #show(change: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onChange(this.#view);
  }
}

async function unitsIn(log: EventLog): Promise<Units> {
  const parameters = await readFloorParameters(log);
  if (parameters !== null) return unitsOf(parameters);
  throw new LiveError("not-running", "Cannot attach: the floor is just being opened; try again");
}
