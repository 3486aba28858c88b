/**
 * The auditor: judges a run by its topics alone.
 *
 * @module
 */

import type { EventLog, TopicDescription } from "../../kafka/event_log.ts";
import { Collector } from "./collector.ts";
import { MAX_AUDITED_OFFSET } from "./columns.ts";
import { Evidence } from "./evidence/evidence.ts";
import { FloorTotals } from "./evidence/floor_totals.ts";
import { Findings } from "./findings.ts";
import { type PortfolioSnapshots, readPortfolioSnapshots } from "./portfolio_snapshots.ts";
import { readPartition } from "./partition_stream.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { Accounts } from "./rules/accounts.ts";
import { judgeAuditor } from "./rules/auditor_works.ts";
import { AuditLogComplete } from "./rules/audit_log_complete.ts";
import { CausalityClosed } from "./rules/causality_closed.ts";
import { judgeDeterminism } from "./rules/determinism.ts";
import { DuplicatesInert } from "./rules/duplicates_inert.ts";
import { ExecutedOnce } from "./rules/executed_once.ts";
import { FloorCuts } from "./rules/floor_cuts.ts";
import { InputsAccounted } from "./rules/inputs_accounted.ts";
import { judgeLiveness } from "./rules/liveness.ts";
import { NoLostOrder } from "./rules/no_lost_order.ts";
import { NoPhantom } from "./rules/no_phantom.ts";
import { OneTerminalState } from "./rules/one_terminal_state.ts";
import { PortfolioReplay } from "./rules/portfolio_replay.ts";
import { PriceTimePriority } from "./rules/price_time_priority.ts";
import { RejectsInert } from "./rules/rejects_inert.ts";
import { SequencesDense } from "./rules/sequences_dense.ts";
import { TradeLegs } from "./rules/trade_legs.ts";
import type { SelfCheck } from "./self_check/self_check.ts";
import { type AuditReport, RULE_IDS } from "./verdict.ts";

/**
 * What the rules are told must come in this order: each topic is judged by tables that the ones before
 * it filled.
 */
const JUDGED_TOPICS = [
  "dead-letters",
  "intents",
  "orders",
  "notifications",
  "market-data",
  "order-commands",
] as const;

/** Replaced and compacted, so neither judged nor in the audit log. */
const UNAUDITED_TOPIC = "snapshots";

/** How an audit is getting on. */
export interface AuditProgress {
  readonly topic: string;
  readonly partition: number;
  readonly recordsRead: number;
  readonly recordsTotal: number;
}

/** How a run is to be judged. */
export interface AuditOptions {
  /** The folder of the audit log. Without it `audit-log-complete` stays unknown. */
  readonly auditFolder?: string;
  /**
   * Whether the run came to rest: every group had caught up. What is missing is then a violation,
   * otherwise the rule stays unknown. Default true.
   */
  readonly drained?: boolean;
  /** Set when the floor was given so long, in ms, to come to rest, and had not. */
  readonly stuckAfterMs?: number;
  /** Digests of the run and of its repetitions. Fewer than two: `determinism` stays unknown. */
  readonly digests?: readonly string[];
  /** What `checkAuditor` found. Without it `auditor-works` stays unknown. */
  readonly selfCheck?: SelfCheck;
  /** Whether commands may come from clients that write no intents. Default false. */
  readonly openFloor?: boolean;
  /** Milliseconds of any clock that does not step back. Default `performance.now`. */
  readonly now?: () => number;
  /** Called after every portion of records. */
  readonly onProgress?: (progress: AuditProgress) => void;
}

/**
 * Judges a run. Reads every topic but `snapshots` from its start to where it ended when the audit
 * began; writes nothing.
 *
 * @throws {RangeError} when a partition is longer than the auditor can hold places of
 * @throws {EventLogError} when the log cannot be read
 */
export async function auditRun(log: EventLog, options: AuditOptions = {}): Promise<AuditReport> {
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  const topics = (await log.describeTopics()).filter(({ name }) => name !== UNAUDITED_TOPIC);
  checkLengths(topics);
  const findings = new Findings({ drained: options.drained ?? true });
  const evidence = new Evidence({ openFloor: options.openFloor ?? false, ends: endsOf(topics) });
  const snapshots = await readPortfolioSnapshots(log);
  const audit = new Audit({ evidence, findings }, { ...options, snapshots });
  undecideWithout(topics, findings);
  for (const topic of inReadingOrder(topics)) await audit.readTopic(log, topic);
  const recordsRead = audit.finish();
  const { drained = true, stuckAfterMs, digests = [] } = options;
  await judgeLiveness(log, findings, { drained, stuckAfterMs });
  judgeDeterminism(findings, digests);
  judgeAuditor(findings, options.selfCheck);
  return {
    verdicts: findings.verdicts(),
    counts: { ...evidence.counts },
    recordsRead,
    tookMs: now() - startedAt,
  };
}

/** The rules at work. */
class Audit {
  readonly #collector: Collector;
  readonly #auditLog: AuditLogComplete;
  readonly #onProgress: ((progress: AuditProgress) => void) | undefined;
  readonly #recordsTotal: number;
  #recordsRead = 0;

  constructor(
    context: RuleContext,
    options: AuditOptions & { readonly snapshots: PortfolioSnapshots },
  ) {
    const totals = new FloorTotals();
    const rules: readonly Rule[] = [
      new NoLostOrder(context),
      new NoPhantom(context),
      new DuplicatesInert(context),
      // Before the rules that fill the tables it looks at.
      new ExecutedOnce(context),
      new OneTerminalState(context),
      new TradeLegs(context),
      new FloorCuts(context, totals),
      new Accounts(context, totals),
      new RejectsInert(context),
      new PriceTimePriority(context),
      new CausalityClosed(context),
      new PortfolioReplay(context, options.snapshots),
      new InputsAccounted(context),
    ];
    this.#collector = new Collector(context, { rules, sequences: new SequencesDense(context) });
    this.#auditLog = new AuditLogComplete(context, options.auditFolder ?? null);
    this.#onProgress = options.onProgress;
    this.#recordsTotal = [...context.evidence.ends.values()].flat().reduce((a, b) => a + b, 0);
  }

  async readTopic(log: EventLog, { name, offsets }: TopicDescription): Promise<void> {
    for (const [partition, { start, end }] of offsets.entries()) {
      this.#collector.startPartition(name, partition);
      this.#auditLog.startPartition(name, partition);
      for await (const records of readPartition(log, { topic: name, partition, start, end })) {
        for (const record of records) {
          this.#auditLog.add(record);
          this.#collector.add(record);
        }
        this.#recordsRead += records.length;
        const recordsRead = this.#recordsRead;
        const recordsTotal = this.#recordsTotal;
        this.#onProgress?.({ topic: name, partition, recordsRead, recordsTotal });
      }
      this.#auditLog.endPartition();
    }
  }

  /** Returns how many records were read. */
  finish(): number {
    this.#collector.finish();
    return this.#recordsRead;
  }
}

function inReadingOrder(topics: readonly TopicDescription[]): readonly TopicDescription[] {
  const judged = JUDGED_TOPICS.flatMap((name) => topics.filter((topic) => topic.name === name));
  return [...judged, ...topics.filter((topic) => !judged.includes(topic))];
}

function endsOf(topics: readonly TopicDescription[]): ReadonlyMap<string, readonly number[]> {
  return new Map(topics.map(({ name, offsets }) => [name, offsets.map(({ end }) => end)]));
}

/** Without its topics nothing can be judged; without its first records not everything. */
function undecideWithout(topics: readonly TopicDescription[], findings: Findings): void {
  for (const name of JUDGED_TOPICS) {
    const topic = topics.find((each) => each.name === name);
    const reason = topic === undefined
      ? `there is no topic "${name}"`
      : topic.offsets.some(({ start }) => start > 0)
      ? `the first records of "${name}" are gone`
      : null;
    if (reason === null) continue;
    for (const rule of RULE_IDS) findings.undecide(rule, reason);
  }
}

function checkLengths(topics: readonly TopicDescription[]): void {
  for (const { name, offsets } of topics) {
    const longest = Math.max(0, ...offsets.map(({ end }) => end));
    if (longest <= MAX_AUDITED_OFFSET) continue;
    throw new RangeError(
      `Cannot audit ${name}: a partition ends at ${longest}, past ${MAX_AUDITED_OFFSET}`,
    );
  }
}
