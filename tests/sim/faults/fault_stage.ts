/**
 * A floor, a log, a stranger and a network that only write down what is done to them, and a director
 * that works with them by a test's clock.
 *
 * @module
 */

import { RuntimeEventStream } from "../../../actors/runtime/event_stream.ts";
import { ActorCallError } from "../../../actors/runtime/plain_error.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { FaultDirector, type FaultsPlayed } from "../../../sim/faults/fault_director.ts";
import type { FaultyActor, FaultyFloor } from "../../../sim/faults/faulty_floor.ts";
import type { PlannedFault } from "../../../sim/faults/planned_fault.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

/** How an actor of the stage is now. */
interface Standing {
  incarnation: number;
  isUp: boolean;
  /** Calls to it are never answered. */
  isDeaf: boolean;
  assignment: readonly string[];
}

/** Actors that write down what befalls them. */
export class StagedFloor implements FaultyFloor {
  readonly runtime: { readonly events: RuntimeEventStream };
  readonly #actors = new Map<string, Standing>();
  readonly #write: (text: string) => void;
  /** Whether the actors take faults of the log. */
  takesFaults = true;
  lag = 0;

  constructor(ids: readonly string[], clock: FakeClock, write: (text: string) => void) {
    this.#write = write;
    for (const id of ids) {
      this.#actors.set(id, { incarnation: 1, isUp: true, isDeaf: false, assignment: [] });
    }
    const onSinkError = (error: unknown) => {
      throw error;
    };
    this.runtime = { events: new RuntimeEventStream({ clock, onSinkError }) };
  }

  actorIds(): readonly string[] {
    return [...this.#actors.keys()];
  }

  progress(): Promise<{ readonly lag: number }> {
    return Promise.resolve({ lag: this.lag });
  }

  /** The actor's standing, for the test to change. */
  standing(id: string): Standing {
    return this.#actors.get(id)!;
  }

  /** Ends an actor's incarnation. */
  end(id: string): void {
    this.standing(id).isUp = false;
  }

  /** Starts an actor's next incarnation, or the first of one that joins. */
  async start(id: string): Promise<void> {
    const before = this.#actors.get(id);
    const incarnation = (before?.incarnation ?? 0) + 1;
    this.#actors.set(id, { incarnation, isUp: true, isDeaf: false, assignment: [] });
    this.runtime.events.append({ actor: id, incarnation }, { kind: "ready", afterMs: 1 });
    await settle();
  }

  /** Tells that a fault has had an effect with an actor. */
  async effect(fault: string, id: string, what: string): Promise<void> {
    const { incarnation } = this.standing(id);
    this.runtime.events.append({ actor: id, incarnation }, { kind: "fault", fault, what });
    await settle();
  }

  actor(id: string): FaultyActor {
    const standing = this.#actors.get(id);
    if (standing?.isUp !== true) throw new RangeError(`Cannot find actor "${id}"`);
    const { incarnation } = standing;
    const act = (what: string): Promise<void> => {
      if (standing.isDeaf) return new Promise(() => {});
      if (!standing.isUp) {
        return Promise.reject(new ActorCallError("actor-down", `Cannot reach ${id}: it is down`));
      }
      this.#write(`${what} ${id}:${incarnation}`);
      return Promise.resolve();
    };
    return {
      id,
      incarnation,
      crash: (message) => act(`crash (${message})`),
      terminate: (why) => this.#write(`terminate (${why}) ${id}:${incarnation}`),
      hang: (ms) => act(`hang ${ms}`),
      disown: (ms) => act(`disown ${ms}`),
      suspend: () => act("suspend"),
      resume: () => act("resume"),
      inject: (fault) =>
        this.takesFaults
          ? act(`inject ${fault.id} ${fault.kind}`)
          : Promise.reject(new Error("its log takes no faults")),
      heal: (fault) => act(`heal ${fault}`),
      report: () =>
        act("report").then(() => ({
          phase: "running",
          assignment: standing.assignment,
          counters: {},
        })),
    };
  }
}

/** The actors of a stage; the meter is none of the floor's. */
export const ACTORS = [
  "order-gateway-0",
  "trading-engine-0",
  "trading-engine-1",
  "order-command-producer-0",
  "meter",
] as const;

/** Sets a stage for these faults. */
export function stageOf(faults: readonly PlannedFault[], options: {
  readonly onNetwork?: boolean;
  readonly inOneThread?: boolean;
} = {}) {
  const clock = new FakeClock();
  const happened: string[] = [];
  const said: string[] = [];
  const write = (text: string) => {
    if (!text.startsWith("report")) happened.push(`${clock.now()} ${text}`);
  };
  const floor = new StagedFloor(ACTORS, clock, write);
  const log = { records: 0 as number | null, snapshots: true };
  const strange = (text: string) => {
    write(text);
    return Promise.resolve({ offset: 7 });
  };
  const director = new FaultDirector(faults, {
    floor,
    clock,
    inOneThread: options.inOneThread ?? false,
    say: (text) => void said.push(`${clock.now()} ${text}`),
    log: {
      partitionCount: () => Promise.resolve(2),
      describeTopics: (names = []) => {
        const { records } = log;
        if (records === null) return Promise.reject(new Error("the log is away"));
        const named = topicSettings().filter(({ name }) => names.includes(name));
        return Promise.resolve(
          named.map((topic) => ({ ...topic, offsets: [{ start: 0, end: records }] })),
        );
      },
    },
    stranger: {
      poison: ({ topic, partition }) => strange(`poison ${topic}/${partition}`),
      poisonFold: ({ topic, partition }) => strange(`poisonFold ${topic}/${partition}`),
      loseSnapshot: async ({ role, topic, partition }) => {
        await strange(`loseSnapshot ${role} ${topic}/${partition}`);
        return log.snapshots;
      },
      tearSnapshot: async ({ role, topic, partition }) => {
        await strange(`tearSnapshot ${role} ${topic}/${partition}`);
        return log.snapshots;
      },
      rebalance: async (group) => void await strange(`rebalance ${group}`),
    },
    network: options.onNetwork !== true ? null : {
      begin: ({ verb, byMs }) => write(`begin ${verb}${byMs === undefined ? "" : ` ${byMs}`}`),
      end: ({ verb }) => {
        write(`end ${verb}`);
        return true;
      },
    },
  });
  const abort = new AbortController();
  const load = Promise.withResolvers<void>();
  let played: Promise<void> | null = null;
  return {
    clock,
    happened,
    said,
    floor,
    log,
    director,
    abort: () => abort.abort(),
    /** Begins to play; the session's time is the clock's. */
    play: (
      given: Pick<FaultsPlayed, "firedBefore"> & {
        readonly from?: number;
        /** The session starts so long after it is played. */
        readonly leadMs?: number;
      } = {},
    ) => {
      const { from = 0, leadMs = 0, ...rest } = given;
      const begunAt = clock.now() + leadMs;
      played = director.play({
        ...rest,
        from,
        sessionAt: () => from + clock.now() - begunAt,
        signal: abort.signal,
        loadEnds: load.promise,
      });
      return settle();
    },
    /** Ends the load, and waits until all faults are over. */
    end: async () => {
      load.resolve();
      await played;
    },
    /** What became of each: the time and whom it befell, or why it did not. */
    outcomes: () =>
      director.outcomes.map(({ firedAtMs, on, missed }) =>
        missed ?? `${firedAtMs} ${on.join(", ")}`
      ),
  };
}
