/**
 * Carries out a plan's faults: waits for their moments, finds whom they befall then, lets them happen,
 * ends what lasts, and heals everything in the end.
 *
 * It knows a floor's actors, its log and a clock, and nothing of where they run: the same director works
 * in real and in virtual time.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { LogFault } from "../../kafka/fault_injection/log_fault.ts";
import type { NetworkFault, NetworkFaults } from "../session/network_faults.ts";
import { FaultLedger, type FaultOutcome } from "./fault_ledger.ts";
import { logFaultOf } from "./fault_of_log.ts";
import { type FaultTarget, targetOf } from "./fault_targets.ts";
import { FaultTriggers } from "./fault_triggers.ts";
import { isNetworkVerb } from "./fault_verbs.ts";
import { findActors, isActorTarget } from "./faulty_floor.ts";
import { nameFault } from "./format_fault.ts";
import { faultId, type PlannedFault } from "./planned_fault.ts";
import { type StandingFault, StandingFaults } from "./standing_faults.ts";
import { type Befallen, groupOf, letHappen, type SuddenParts } from "./sudden_faults.ts";
import { FLOOR, ToldOutages } from "./told_outages.ts";

/**
 * When all that users were to send has been sent, faults that wait for something wait so long for the
 * floor to work off what is left; it is looked at so often.
 */
const BACKLOG_PATIENCE_MS = 10_000;
const BACKLOG_LOOK_MS = 100;

/** What a director works with. */
export interface DirectorParts extends SuddenParts {
  readonly log: Pick<EventLog, "partitionCount" | "describeTopics">;
  /** Null: the log is not reached over a network, and is out of reach in the actors' own logs. */
  readonly network: Pick<NetworkFaults, "begin" | "end"> | null;
  /** Told in sentences what happens. */
  readonly say: (text: string) => void;
}

/** How a session's faults are played. */
export interface FaultsPlayed {
  /** The session's time to go on from; 0 for a session that begins. */
  readonly from: number;
  /** The session's time, in milliseconds. */
  readonly sessionAt: () => number;
  /** Ends everything early. */
  readonly signal: AbortSignal;
  /** Resolves when all that users were to send has been sent: soon after, nothing waits any longer. */
  readonly loadEnds: Promise<void>;
  /** Ids of faults that took place before the run was gone on with. */
  readonly firedBefore?: ReadonlySet<string>;
}

/** Carries out the faults of one plan. */
export class FaultDirector {
  readonly #parts: DirectorParts;
  readonly #faults: readonly PlannedFault[];
  readonly #ledger: FaultLedger;
  readonly #standing: StandingFaults;
  readonly #outages: ToldOutages;
  /** What was begun and takes effect when somebody meets it, with what is to be said if nobody does. */
  readonly #inWait = new Map<string, string>();
  #sessionAt: () => number = () => 0;

  constructor(faults: readonly PlannedFault[], parts: DirectorParts) {
    const { floor, clock, say } = parts;
    this.#parts = parts;
    this.#faults = faults;
    this.#ledger = new FaultLedger(faults);
    this.#standing = new StandingFaults(floor, say);
    this.#outages = new ToldOutages(floor.runtime.events, clock);
  }

  /** What became of each fault, in the script's order. */
  get outcomes(): readonly FaultOutcome[] {
    return this.#ledger.outcomes;
  }

  /** A sentence for each fault that did not take place. */
  get notes(): readonly string[] {
    return this.#ledger.notes;
  }

  /**
   * Plays all faults. Resolves when each has taken place or been given up, and what lasted is over: then
   * nothing more goes wrong. Never rejects: what could not be done is in {@link outcomes}.
   */
  async play({ from, sessionAt, signal, loadEnds, firedBefore }: FaultsPlayed): Promise<void> {
    if (this.#faults.length === 0) return;
    this.#sessionAt = sessionAt;
    const { clock, log, floor } = this.#parts;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const triggers = new FaultTriggers({ clock, log, sessionAt, from, over: either });
    // It listens as long as the floor lives: an effect may be told late.
    floor.runtime.events.addSink((event) => this.#observe(event, triggers));
    const playing = this.#faults.map((fault, index) => {
      const id = faultId(index);
      if (firedBefore?.has(id) !== true) return this.#playOne(fault, id, { triggers, signal });
      this.#ledger.firedBefore(id);
      return Promise.resolve();
    });
    const timed = playing.filter((_, index) => this.#faults[index]!.trigger.kind === "time");
    await Promise.race([Promise.all([loadEnds, ...timed]), aborted(signal)]);
    await this.#whileBacklogLasts(signal);
    over.abort();
    await Promise.all(playing);
    await this.#standing.endAll();
    for (const [id, why] of this.#inWait) this.#ledger.missed(id, why);
  }

  /** A floor that is slower than its users may still come to where a fault waits for it. */
  async #whileBacklogLasts(signal: AbortSignal): Promise<void> {
    const { floor, clock } = this.#parts;
    const giveUpAt = clock.now() + BACKLOG_PATIENCE_MS;
    while (!this.#ledger.isSettled && !signal.aborted && clock.now() < giveUpAt) {
      // A log that is out of reach is asked again.
      const { lag } = await floor.progress().catch(() => ({ lag: Infinity }));
      if (lag === 0) return;
      await clock.sleep(BACKLOG_LOOK_MS, signal);
    }
  }

  #observe(event: RuntimeEvent, triggers: FaultTriggers): void {
    if (event.kind === "fault") this.#tookEffect(event);
    this.#standing.observe(event);
    triggers.observe(event);
  }

  #tookEffect({ fault: id, actor }: RuntimeEvent & { readonly kind: "fault" }): void {
    const on = actor === FLOOR.actor ? null : actor;
    this.#ledger.fired(id, { at: this.#sessionAt(), on });
    // Not in the midst of telling this event to others.
    queueMicrotask(() => this.#outages.met(id));
  }

  async #playOne(fault: PlannedFault, id: string, { triggers, signal }: {
    readonly triggers: FaultTriggers;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const never = await triggers.come(fault.trigger);
    if (never !== null) return this.#ledger.missed(id, never);
    try {
      await this.#carryOut(fault, id, signal);
    } catch (error) {
      // The script goes on: the report says what did not take place.
      this.#ledger.missed(id, error instanceof Error ? error.message : String(error));
    }
  }

  async #carryOut(fault: PlannedFault, id: string, signal: AbortSignal): Promise<void> {
    const { network } = this.#parts;
    if (network !== null && isNetworkVerb(fault.verb) && fault.target === "log") {
      const { verb, byMs } = fault;
      const onWire = { verb, ...(byMs === undefined ? {} : { byMs }) };
      return await this.#onNetwork(fault, id, { network, onWire, signal });
    }
    const ofLog = logFaultOf(fault, id);
    if (ofLog !== null || fault.verb === "pause") {
      return await this.#stand(fault, await this.#standingOf(fault, ofLog, { id, signal }), signal);
    }
    const befallen = await letHappen(fault, this.#parts, signal);
    for (const whom of befallen) this.#tell(whom, fault, id);
    this.#parts.say(nameFault(fault));
  }

  async #onNetwork(fault: PlannedFault, id: string, { network, onWire, signal }: {
    readonly network: NonNullable<DirectorParts["network"]>;
    readonly onWire: NetworkFault;
    readonly signal: AbortSignal;
  }): Promise<void> {
    network.begin(onWire);
    this.#tell(FLOOR, fault, id);
    this.#parts.say(nameFault(fault));
    await this.#parts.clock.sleep(fault.forMs ?? 0, signal);
    network.end(onWire);
    this.#parts.say(`${nameFault(fault)} is over`);
  }

  /** Begins what stands; what lasts a while is ended after it, the rest when all is healed. */
  async #stand(fault: PlannedFault, standing: StandingFault, signal: AbortSignal): Promise<void> {
    const { say, clock } = this.#parts;
    const { id } = standing;
    const begunAt = clock.now();
    const takesLogAway = fault.target === "log" && (fault.verb === "cut" || fault.verb === "stall");
    if (takesLogAway) this.#outages.begin(id, `${nameFault(fault)}, by the script`);
    await this.#standing.begin(standing);
    say(nameFault(fault));
    this.#inWait.set(id, `it lay in wait for ${fault.target}, and no call met it`);
    if (fault.forMs === undefined) return;
    await clock.sleep(Math.max(0, begunAt + fault.forMs - clock.now()), signal);
    const ended = this.#standing.end(id);
    this.#outages.end(id);
    say(`${nameFault(fault)} is over`);
    await ended;
  }

  async #standingOf(fault: PlannedFault, ofLog: LogFault | null, { id, signal }: {
    readonly id: string;
    readonly signal: AbortSignal;
  }): Promise<StandingFault> {
    const reaches = await this.#reachOf(targetOf(fault.target), signal);
    if (ofLog === null) {
      return {
        id,
        reaches,
        isSpent: () => false,
        begin: async (actor) => {
          await actor.suspend();
          this.#tell({ actor: actor.id, incarnation: actor.incarnation }, fault, id);
        },
        end: (actor) => actor.resume(),
      };
    }
    const lasts = fault.forMs !== undefined || fault.verb === "jumpClock";
    return {
      id,
      reaches,
      isSpent: (actor) => !lasts && this.#ledger.hasBefallen(id, actor),
      begin: (actor) => actor.inject(ofLog),
      end: (actor) => actor.heal(id),
    };
  }

  /** Which actors a standing fault is for: those of a place in the log are all. */
  async #reachOf(
    target: FaultTarget,
    signal: AbortSignal,
  ): Promise<(actor: string) => boolean> {
    if (!isActorTarget(target)) return (actor) => groupOf(actor) !== null;
    if (target.kind === "instance") return (actor) => actor === target.id;
    if (target.kind === "group") return (actor) => groupOf(actor) === target.group;
    const { floor, clock } = this.#parts;
    const [server] = await findActors(target, { floor, clock, signal });
    return (actor) => actor === server!.id;
  }

  #tell(whom: Befallen, { verb }: PlannedFault, fault: string): void {
    this.#parts.floor.runtime.events.append(whom, { kind: "fault", fault, what: verb });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
