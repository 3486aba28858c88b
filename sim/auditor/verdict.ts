/**
 * What the auditor says of a run.
 *
 * @module
 */

/** Every rule: a lasting id, and what it claims. Reports list them in this order. */
export const RULES = {
  "no-lost-order":
    "every acknowledged command is in the log and has exactly one answer; none was skipped",
  "no-phantom": "every effect traces to a client's command, and the command to an intent",
  "duplicates-inert":
    "an idempotency key takes effect at most once; a resend gets the first answer",
  "executed-once": "an execution happens once, and no order is filled beyond its quantity",
  "one-terminal-state": "an order is placed, filled, then over, and nothing comes after",
  "conservation": "cash and shares are conserved per trade, per account and over the floor",
  "no-overdraft": "no reservation exceeds what was available, and nothing is ever negative",
  "rejects-inert": "a refused command changes nothing",
  "price-time-priority": "an independent slow matcher reproduces every fill, cancel and quote",
  "portfolio-replay": "every portfolio saved is what its notifications give from the first on",
  "audit-log-complete": "the audit log holds every record, unchanged and chained",
  "sequences-dense": "no message is missing from its channel, and a repeat repeats it exactly",
  "causality-closed": "every cause exists and comes before its effect",
  "inputs-accounted":
    "whatever was sent was applied, a duplicate, refused or set aside: one of them, and no two",
  "liveness": "once the load was over, every group worked off what was left, within the bound",
  "determinism": "the same seed gives the same records and states again; in virtual time",
  "auditor-works": "the auditor holds a clean session and catches each rule broken once",
} as const satisfies Readonly<Record<string, string>>;

/** The id of a rule. */
export type RuleId = keyof typeof RULES;

/** All rule ids, in the order of reports. */
export const RULE_IDS = Object.keys(RULES) as readonly RuleId[];

/** Where a record is. */
export interface RecordRef {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The first thing found that breaks a rule. */
export interface Counterexample {
  /** One readable sentence. */
  readonly text: string;
  /** The records that show it, cause first. */
  readonly chain: readonly RecordRef[];
}

/** What became of one rule. */
export interface Verdict {
  readonly rule: RuleId;
  readonly statement: string;
  readonly status: "held" | "violated" | "unknown";
  /** How many things were judged by the rule. */
  readonly checked: number;
  /** How many broke it. */
  readonly violations: number;
  /** The first that broke it. */
  readonly counterexample?: Counterexample;
  /** Why it could not be decided; only when `unknown`. */
  readonly reason?: string;
}

/** What the topics were found to hold. Repeats of derived messages are counted once. */
export interface AuditCounts {
  intents: number;
  /** Intents neither acknowledged nor found: never sent, as far as the log can tell. */
  unsentIntents: number;
  commands: number;
  /** Records of `order-commands` that are no message. */
  malformedCommands: number;
  answers: number;
  acceptedOrders: number;
  trades: number;
  settlements: number;
  deadLetters: number;
  /** Derived messages that came more than once. */
  repeats: number;
}

/** The verdict on a run. */
export interface AuditReport {
  readonly verdicts: readonly Verdict[];
  readonly counts: AuditCounts;
  readonly recordsRead: number;
  /** Milliseconds, by the clock passed in. */
  readonly tookMs: number;
}
