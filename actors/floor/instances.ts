/**
 * Instances of the consuming roles: how many, and what they are called.
 *
 * @module
 */

import { CONSUMER_ROLES, type ConsumerRole, MAX_INSTANCES } from "../topology.ts";
import { FloorParametersError } from "./floor_parameters.ts";

/** How many instances of each role; those left out are the default's. */
export type InstanceOptions = Readonly<Partial<Record<ConsumerRole, number>>>;

/** Counts of all roles. */
export type InstanceCounts = Readonly<Record<ConsumerRole, number>>;

/** The longest name of a process: instances' names stay below what a Kafka broker takes. */
export const MAX_PROCESS_NAME = 128;

const PROCESS_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*$/;

/**
 * An instance's lasting name: `trading-engine-0`, or `trading-engine-0.<process>` in a process that has
 * joined a floor, so that names of several processes never meet.
 */
export function instanceName(role: ConsumerRole, n: number, process?: string): string {
  return process === undefined ? `${role}-${n}` : `${role}-${n}.${process}`;
}

/** The role of an instance by its name; null when it is no instance's name. */
export function roleOfInstance(id: string): ConsumerRole | null {
  return CONSUMER_ROLES.find((role) =>
    id.startsWith(`${role}-`) && /^\d+(\.|$)/.test(id.slice(role.length + 1))
  ) ?? null;
}

/** Whether a text may name a process in its instances' names. */
export function isProcessName(name: string): boolean {
  return name.length <= MAX_PROCESS_NAME && PROCESS_NAME.test(name);
}

/** @throws {FloorParametersError} for a role that is none, and for impossible counts */
export function checkInstances(
  instances: Readonly<Partial<Record<string, number>>>,
  action = "open the floor",
): void {
  for (const [role, count = NaN] of Object.entries(instances)) {
    if (!CONSUMER_ROLES.some((known) => known === role)) {
      throw new FloorParametersError(
        `Cannot ${action}: there is no role "${role}"; roles are ${CONSUMER_ROLES.join(", ")}`,
      );
    }
    if (!Number.isInteger(count) || count < 0 || count > MAX_INSTANCES) {
      throw new FloorParametersError(
        `Cannot ${action}: ${role} has ${count} instances; it takes 0 to ${MAX_INSTANCES}`,
      );
    }
  }
}

/** Counts of all roles, `otherwise` of those left out. Without an audit folder nobody audits. */
export function instanceCounts(
  wanted: InstanceOptions,
  { auditFolder, otherwise }: { readonly auditFolder: string | null; readonly otherwise: number },
): InstanceCounts {
  const counts = Object.fromEntries(CONSUMER_ROLES.map((role) => {
    const unaudited = role === "audit-logger" && auditFolder === null;
    return [role, unaudited ? 0 : wanted[role] ?? otherwise];
  }));
  // Object.fromEntries forgets which keys it was given.
  return counts as InstanceCounts;
}
