/**
 * The consumers that one process runs: a pool for each role under one root, and how far the whole
 * floor's groups have come, whichever processes serve them.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import { CONSUMER_ROLES, type ConsumerRole, MAX_INSTANCES } from "../topology.ts";
import { actorIds, type ActorView, unlessDown, viewActors } from "./actor_view.ts";
import { type ConsumerParts, consumerSpec } from "./consumer_spec.ts";
import type { ActorControl } from "./floor_control.ts";
import { instanceName, roleOfInstance } from "./instances.ts";
import { servesAll } from "./rest.ts";

/** The pools of a process. */
export class ConsumerPools {
  readonly #log: EventLog;
  readonly #root: Supervisor;
  readonly #parts: ConsumerParts;
  /** Roles that another process has been seen to serve. */
  readonly #servedElsewhere = new Set<ConsumerRole>();

  constructor(log: EventLog, root: Supervisor, parts: ConsumerParts) {
    this.#log = log;
    this.#root = root;
    this.#parts = parts;
  }

  /** The supervision tree, with states, restarts, assignments and lag. */
  async view(): Promise<ActorView> {
    const lags = new Map<string, number>();
    for (const role of CONSUMER_ROLES) {
      for (const { topic, partition, lag } of await this.#log.lag(role)) {
        lags.set(`${role}/${topic}/${partition}`, lag);
      }
    }
    return await viewActors(this.#root.tree(), { lags, handleOf: (id) => this.#root.actor(id) });
  }

  /** One actor. @throws {RangeError} when there is none of that name now; the names are listed */
  actor(id: string): ActorControl {
    const handle = this.#root.actor(id);
    if (handle === null) {
      throw new RangeError(
        `Cannot find actor "${id}": running are ${actorIds(this.#root.tree()).join(", ")}`,
      );
    }
    return handle;
  }

  /** A supervisor of the tree. @throws {RangeError} when there is none of that name */
  pool(id: string): Supervisor {
    const pool = this.#root.supervisor(id);
    if (pool === null) throw new RangeError(`Cannot find "${id}": it is no group of this floor`);
    return pool;
  }

  /** The running instances of a role in this process. */
  instancesOf(role: ConsumerRole): readonly ActorHandle[] {
    return this.#idsOf(role).flatMap((id) => this.#root.actor(id) ?? []);
  }

  /** Starts one more instance of a role; partitions are shared anew. @returns its name */
  async add(role: ConsumerRole): Promise<string> {
    const pool = this.pool(role);
    const taken = new Set(this.#idsOf(role));
    for (let n = 0; n < MAX_INSTANCES; n++) {
      const id = instanceName(role, n, this.#parts.processName);
      if (taken.has(id)) continue;
      await pool.add(consumerSpec(role, n, this.#parts));
      return id;
    }
    throw new RangeError(`Cannot add a ${role}: it has ${MAX_INSTANCES} instances already`);
  }

  /** Stops an instance for good; the others take its partitions. @throws {RangeError} */
  async remove(id: string): Promise<void> {
    const role = roleOfInstance(id);
    if (role === null) {
      throw new RangeError(
        `Cannot remove "${id}": it is no instance of ${CONSUMER_ROLES.join(", ")}`,
      );
    }
    await this.pool(role).remove(id);
  }

  /**
   * Records that some group has not committed yet, and all records that were ever appended. What a
   * role without instances leaves undone, in whatever process, nobody waits for; but one that another
   * process was seen to serve has its work waited for also between that one's death and its successor.
   */
  async progress(): Promise<{ readonly lag: number; readonly end: number }> {
    let lag = 0;
    for (const role of CONSUMER_ROLES) {
      if (!await this.#counts(role)) continue;
      for (const partition of await this.#log.lag(role)) lag += partition.lag;
    }
    let end = 0;
    for (const { name, offsets } of await this.#log.describeTopics()) {
      if (name !== "snapshots") { for (const offset of offsets) end += offset.end; }
    }
    return { lag, end };
  }

  /**
   * Whether every partition of the roles that count has somebody: an instance of this process that has
   * it open, or a member of the group in another one that it is assigned to. (What such a member has
   * still to bring back lies below its committed offset, so it writes nothing more.)
   */
  async isServed(): Promise<boolean> {
    for (const role of CONSUMER_ROLES) {
      if (!await this.#counts(role)) continue;
      const own = this.instancesOf(role);
      const reports = await Promise.all(own.map((handle) => unlessDown(handle.report())));
      const served = reports.map((report) => report?.assignment ?? []);
      const { partitions } = this.#parts.settings;
      if (servesAll(role, served, partitions)) continue;
      const elsewhere = await this.#servedByOthers(role);
      if (!servesAll(role, [...served, ...elsewhere], partitions)) return false;
    }
    return true;
  }

  /** Whether a role's work is waited for. */
  async #counts(role: ConsumerRole): Promise<boolean> {
    if (this.#idsOf(role).length > 0 || this.#servedElsewhere.has(role)) return true;
    return (await this.#servedByOthers(role)).length > 0;
  }

  /** What each member in another process has been assigned. */
  async #servedByOthers(role: ConsumerRole): Promise<readonly (readonly string[])[]> {
    const own = new Set(this.#idsOf(role));
    const { members } = await this.#log.describeGroup(role);
    const others = members.filter(({ instanceId }) =>
      !own.has(instanceId) && !this.#isOwnName(instanceId)
    );
    if (others.length > 0) this.#servedElsewhere.add(role);
    return others.map(({ assignment }) =>
      assignment.map(({ topic, partition }) => `${topic}/${partition}`)
    );
  }

  /** An instance that was removed, or killed with a process before, may be in its group a while longer. */
  #isOwnName(instanceId: string): boolean {
    const { processName } = this.#parts;
    return processName === undefined
      ? !instanceId.includes(".")
      : instanceId.endsWith(`.${processName}`);
  }

  #idsOf(role: ConsumerRole): readonly string[] {
    return this.pool(role).tree().children.map(({ id }) => id);
  }
}
