/**
 * The one table of what may go wrong: the verbs of faults, whom each befalls and what it must say. The
 * scenario's schema, the plan and the director go by it.
 *
 * @module
 */

/** Whom a verb may befall; `fault_targets.ts` says how each is written. */
export type Befalls =
  /** An instance, a group, or whoever of a group serves a partition. */
  | "actors"
  /** Actors, or a place in the log as all actors meet it. */
  | "actors or places"
  /** The log, a topic or a partition, as all actors meet it. */
  | "places"
  | "log"
  /** A topic, of which a partition is drawn, or a partition. */
  | "partitions"
  /** The same, of a topic that is folded. */
  | "folded partitions"
  /** A group that shares partitions. */
  | "consumers"
  /** What a consumer with state keeps for when it comes back. */
  | "snapshots"
  | "producers";

/** What a fault may say besides trigger, verb and target. */
export const FAULT_FIELDS = ["for", "by", "times", "records"] as const;
export type FaultField = typeof FAULT_FIELDS[number];

/** One row of the table. */
export interface VerbRow {
  readonly befalls: Befalls;
  /** What it must say. */
  readonly needs: readonly FaultField[];
  /** What it may say. */
  readonly takes: readonly FaultField[];
}

/** All verbs. */
export const FAULT_VERBS = {
  /** The actor throws. */
  crash: { befalls: "actors", needs: [], takes: [] },
  /** Its thread is ended from outside. */
  terminate: { befalls: "actors", needs: [], takes: [] },
  /** It is busy and deaf, and is given up when it has not answered for a while. */
  hang: { befalls: "actors", needs: ["for"], takes: [] },
  /** Its heap is full. */
  outOfMemory: { befalls: "actors", needs: [], takes: [] },
  /** Given up as if it did not answer, it works on beside its replacement. */
  zombie: { befalls: "actors", needs: ["for"], takes: [] },
  /** It takes no new work, and stays a member of its group. */
  pause: { befalls: "actors", needs: ["for"], takes: [] },
  /** Every call of the log takes longer. */
  slow: { befalls: "actors or places", needs: ["by", "for"], takes: [] },
  /** The group shares its partitions anew, though nobody came or went. */
  rebalance: { befalls: "consumers", needs: [], takes: [] },
  /** Records that were read are delivered once more. */
  duplicate: { befalls: "actors or places", needs: [], takes: ["times"] },
  /** Reading goes on from so many records earlier. */
  redeliver: { befalls: "actors or places", needs: ["records"], takes: [] },
  /** What is published is stored, and acknowledged later. */
  delayAck: { befalls: "actors or places", needs: ["by", "for"], takes: [] },
  /** What is published is stored, and rejected. */
  loseAck: { befalls: "actors or places", needs: [], takes: ["times"] },
  /** Out of reach: calls fail. */
  cut: { befalls: "places", needs: ["for"], takes: [] },
  /** Out of reach: calls wait. */
  stall: { befalls: "places", needs: ["for"], takes: [] },
  /** Everything passes later. */
  delay: { befalls: "places", needs: ["by", "for"], takes: [] },
  /** Nothing more can be stored. */
  fillDisk: { befalls: "log", needs: ["for"], takes: [] },
  /** The newest snapshot is gone. */
  loseSnapshot: { befalls: "snapshots", needs: [], takes: [] },
  /** A part of the newest snapshot is not what was written. */
  tearSnapshot: { befalls: "snapshots", needs: [], takes: [] },
  /** A stranger writes bytes that are no message. */
  poison: { befalls: "partitions", needs: [], takes: [] },
  /** A stranger writes a message on which whoever folds the partition throws. */
  poisonFold: { befalls: "folded partitions", needs: [], takes: [] },
  /** What it takes for the time is off from now on. */
  jumpClock: { befalls: "producers", needs: ["by"], takes: ["for"] },
} as const satisfies Readonly<Record<string, VerbRow>>;

/** What may go wrong. */
export type FaultVerb = keyof typeof FAULT_VERBS;

/** All verbs, in the table's order. */
export const FAULT_VERB_NAMES = Object.keys(FAULT_VERBS) as readonly FaultVerb[];

/** A verb's row. */
export function verbRow(verb: FaultVerb): VerbRow {
  return FAULT_VERBS[verb];
}

/** Whether a text is a verb of faults. */
export function isFaultVerb(name: string): name is FaultVerb {
  return Object.hasOwn(FAULT_VERBS, name);
}

/** Verbs that befall the connections to a log that is reached over a network. */
export const NETWORK_VERBS = ["cut", "stall", "delay"] as const satisfies readonly FaultVerb[];
export type NetworkVerb = typeof NETWORK_VERBS[number];

/** Whether a verb befalls connections. */
export function isNetworkVerb(verb: FaultVerb): verb is NetworkVerb {
  return NETWORK_VERBS.some((known) => known === verb);
}

/** Whether any of these faults befalls the connections to the whole log, where there are some. */
export function wantsNetwork(
  faults: readonly { readonly verb: FaultVerb; readonly target: string }[],
): boolean {
  return faults.some(({ verb, target }) => isNetworkVerb(verb) && target === "log");
}
