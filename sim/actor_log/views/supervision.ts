/**
 * Who was up and who was down: the supervision tree at a moment, folded from runtime events.
 *
 * @module
 */

import type { DownReason, RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { roleOfInstance } from "../../../actors/floor/instances.ts";
import { PRODUCERS } from "../../../actors/floor/floor_tree.ts";
import { CONSUMER_ROLES } from "../../../actors/topology.ts";

/** One actor as it was. */
export interface SupervisedActor {
  /** Such as `order-gateway-2`. */
  readonly id: string;
  /** What it does. */
  readonly role: string;
  /** Counted from 1. */
  readonly incarnation: number;
  /**
   * `starting`, `ready`, `down` (about to be restarted), `given-up` (by its supervisor, or the one
   * above) or `stopped`.
   */
  readonly phase: "starting" | "ready" | "down" | "given-up" | "stopped";
  /** Partitions, such as `orders/3`. */
  readonly assignment: readonly string[];
  /** How often its supervisor decided to restart it. */
  readonly restarts: number;
  /** Why it went down last. */
  readonly lastDown: DownReason | null;
  /** Incarnations of it that were replaced and work on. */
  readonly zombies: number;
}

/** A supervisor as it was. */
export interface SupervisorSeen {
  /** The pool of a role, `producers`, or one above them that has had to decide something. */
  readonly id: string;
  /** In the order in which they were first heard of. */
  readonly actors: readonly SupervisedActor[];
  /** How often the supervisor above decided to restart it. */
  readonly restarts: number;
  /** Whether it had given up, and none of its actors had started again. */
  readonly gaveUp: boolean;
}

/** The floor's actors under their supervisors. */
export interface SupervisionTree {
  /** In the order in which they were first heard of. */
  readonly supervisors: readonly SupervisorSeen[];
}

/** Under what a session's meter is listed, which no supervisor starts. */
export const UNSUPERVISED = "unsupervised";

/** The meter's id: it measures beside the floor. */
const METER = "meter";

/** The floor's supervisors by id; whatever else an event is about is an actor. */
const SUPERVISORS: ReadonlySet<string> = new Set([
  ...CONSUMER_ROLES,
  "consumers",
  "floor",
  PRODUCERS,
]);

interface ActorSeen {
  readonly id: string;
  readonly role: string;
  incarnation: number;
  phase: SupervisedActor["phase"];
  readonly assignment: Set<string>;
  restarts: number;
  lastDown: DownReason | null;
  readonly zombies: Set<number>;
}

interface Pool {
  readonly id: string;
  readonly actors: Map<string, ActorSeen>;
  restarts: number;
  gaveUp: boolean;
}

/** Folds runtime events, one after another. Its size follows from the number of actors. */
export class SupervisionFold {
  readonly #pools = new Map<string, Pool>();

  take(event: RuntimeEvent): void {
    if (SUPERVISORS.has(event.actor)) this.#takeOfSupervisor(event);
    else this.#takeOfActor(event);
  }

  /** The tree as it is after the events taken so far. */
  tree(): SupervisionTree {
    return {
      supervisors: [...this.#pools.values()].map(({ id, actors, restarts, gaveUp }) => ({
        id,
        actors: [...actors.values()].map(shown),
        restarts,
        gaveUp,
      })),
    };
  }

  #takeOfSupervisor(event: RuntimeEvent): void {
    if (event.kind === "restart") this.#pool(event.actor).restarts++;
    if (event.kind !== "give-up") return;
    this.#pool(event.actor).gaveUp = true;
    for (const { id, actors } of this.#pools.values()) {
      if (!isUnder(id, event.actor)) continue;
      for (const actor of actors.values()) if (actor.phase === "down") actor.phase = "given-up";
    }
  }

  #takeOfActor(event: RuntimeEvent): void {
    const pool = this.#pool(supervisorOf(event.actor));
    const actor = pool.actors.get(event.actor) ?? newActor(event.actor);
    pool.actors.set(event.actor, actor);
    if (event.kind === "zombie") actor.zombies.add(event.incarnation);
    if (event.kind === "zombie-ended") actor.zombies.delete(event.incarnation);
    // What one goes through that was replaced is no longer the actor's story.
    if (event.incarnation < actor.incarnation) return;
    actor.incarnation = event.incarnation;
    if (event.kind === "starting") this.#startedUnder(pool.id);
    takeLife(actor, event);
  }

  /** Where an actor starts, its supervisor goes on, and those above. */
  #startedUnder(id: string): void {
    for (const pool of this.#pools.values()) if (isUnder(id, pool.id)) pool.gaveUp = false;
  }

  #pool(id: string): Pool {
    const pool = this.#pools.get(id) ?? { id, actors: new Map(), restarts: 0, gaveUp: false };
    this.#pools.set(id, pool);
    return pool;
  }
}

/**
 * The supervision tree after a run's runtime events, in their order. Actors of other processes are
 * written down there and not known here.
 */
export function foldSupervision(events: Iterable<RuntimeEvent>): SupervisionTree {
  const fold = new SupervisionFold();
  for (const event of events) fold.take(event);
  return fold.tree();
}

function takeLife(actor: ActorSeen, event: RuntimeEvent): void {
  switch (event.kind) {
    case "starting":
      actor.phase = "starting";
      actor.assignment.clear();
      break;
    case "ready":
      actor.phase = "ready";
      break;
    case "assigned":
      for (const partition of event.partitions) actor.assignment.add(partition);
      break;
    case "revoked":
      for (const partition of event.partitions) actor.assignment.delete(partition);
      break;
    case "failure":
    case "down":
      actor.phase = event.reason === "stopped" ? "stopped" : "down";
      actor.lastDown = event.reason;
      actor.assignment.clear();
      break;
    case "restart":
      actor.restarts++;
      actor.phase = "down";
      break;
    default:
      break;
  }
}

function newActor(id: string): ActorSeen {
  const role = roleOfInstance(id) ?? id.replace(/-\d+$/, "");
  return {
    id,
    role,
    incarnation: 0,
    phase: "starting",
    assignment: new Set(),
    restarts: 0,
    lastDown: null,
    zombies: new Set(),
  };
}

function shown(actor: ActorSeen): SupervisedActor {
  return { ...actor, assignment: [...actor.assignment], zombies: actor.zombies.size };
}

function supervisorOf(actor: string): string {
  return actor === METER ? UNSUPERVISED : roleOfInstance(actor) ?? PRODUCERS;
}

/** Whether one supervisor is another one, or somewhere below it. */
function isUnder(id: string, above: string): boolean {
  if (id === above) return true;
  if (above === "floor") return id !== UNSUPERVISED;
  return above === "consumers" && CONSUMER_ROLES.some((role) => role === id);
}
