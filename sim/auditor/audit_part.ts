/**
 * One pass over a run's topics with some of the rules: all of them, or the half that one thread judges.
 *
 * @module
 */

import type { EventLog, TopicDescription } from "../../kafka/event_log.ts";
import { endsOf, inReadingOrder } from "./audit_topics.ts";
import { Collector } from "./collector.ts";
import { Evidence } from "./evidence/evidence.ts";
import { Findings, type FoundByRule } from "./findings.ts";
import { AuditMemory } from "./memory/audit_memory.ts";
import type { PageMemoryOptions } from "./memory/page_memory.ts";
import { readPortions } from "./partition_stream.ts";
import { TypeGlance } from "./reading/type_glance.ts";
import type { RuleContext } from "./rule.ts";
import {
  auditsTopic,
  judgesChannel,
  passedOver,
  readsTopic,
  type RuleFamily,
  rulesOf,
} from "./rule_families.ts";
import { AuditLogComplete } from "./rules/audit_log_complete.ts";
import { SequencesDense } from "./rules/sequences_dense.ts";
import type { AuditCounts } from "./verdict.ts";

/** What a part is told; plain data, but for the callback. */
export interface AuditPartOptions {
  readonly family: RuleFamily;
  readonly topics: readonly TopicDescription[];
  readonly drained: boolean;
  readonly openFloor: boolean;
  /** Null: the audit log is not judged. */
  readonly auditFolder: string | null;
  readonly memory: PageMemoryOptions;
  /** Called after every portion of records with how many it has. */
  readonly onProgress?: (
    at: { readonly topic: string; readonly partition: number },
    records: number,
  ) => void;
}

/** What came of it; plain data. */
export interface AuditPartReport {
  readonly found: FoundByRule;
  /** Whether it takes one pass with all rules to say what was found; told of halves. */
  readonly isOpen: boolean;
  readonly counts: AuditCounts;
  /** By topic. */
  readonly recordsRead: Readonly<Record<string, number>>;
}

/** Reads the topics and judges. @throws {EventLogError} when the log cannot be read */
export async function auditPart(
  log: EventLog,
  options: AuditPartOptions,
): Promise<AuditPartReport> {
  const { family, topics, openFloor, drained } = options;
  using memory = new AuditMemory(options.memory);
  const findings = new Findings({ drained });
  const evidence = new Evidence({ openFloor, ends: endsOf(topics), memory });
  const context = { evidence, findings };
  const rules = await rulesOf(family, context, log);
  const sequences = new SequencesDense(context, (channel) => judgesChannel(family, channel));
  const collector = new Collector(context, { rules, sequences });
  const part = new AuditPart(log, collector, context, options);
  for (const topic of topicsOf(options)) await part.readTopic(topic);
  return part.finish();
}

/** The topics that a part reads: for the audit log also such as none of its rules looks at. */
export function topicsOf(
  { family, topics, auditFolder }: Pick<AuditPartOptions, "family" | "topics" | "auditFolder">,
): readonly TopicDescription[] {
  return inReadingOrder(topics).filter(({ name }) =>
    readsTopic(family, name) || (auditFolder !== null && auditsTopic(family, name))
  );
}

class AuditPart {
  readonly #log: EventLog;
  readonly #collector: Collector;
  readonly #context: RuleContext;
  readonly #options: AuditPartOptions;
  readonly #auditLog: AuditLogComplete;
  readonly #recordsRead: Record<string, number> = {};

  constructor(
    log: EventLog,
    collector: Collector,
    context: RuleContext,
    options: AuditPartOptions,
  ) {
    this.#log = log;
    this.#collector = collector;
    this.#context = context;
    this.#options = options;
    const { family, auditFolder } = options;
    this.#auditLog = new AuditLogComplete(context, auditFolder);
    // Said once, whoever reads.
    if (auditFolder === null && family !== "users") this.#auditLog.undecide();
  }

  async readTopic({ name, offsets }: TopicDescription): Promise<void> {
    const { family, onProgress } = this.#options;
    const auditLog = auditsTopic(family, name) ? this.#auditLog : null;
    const collects = readsTopic(family, name);
    const passed = passedOver(family, name);
    const glance = passed.length > 0 ? new TypeGlance(passed) : null;
    this.#recordsRead[name] = 0;
    for (const [partition, { start, end }] of offsets.entries()) {
      if (collects) this.#collector.startPartition(name, partition);
      auditLog?.startPartition(name, partition);
      const range = { topic: name, partition, start, end };
      for await (const { records, release } of readPortions(this.#log, range)) {
        for (const record of records) {
          if (collects && glance?.sees(record) !== true) this.#collector.add(record);
          auditLog?.add(record, this.#collector.layoutOf(record));
        }
        this.#recordsRead[name] += records.length;
        onProgress?.({ topic: name, partition }, records.length);
        release();
      }
      auditLog?.endPartition();
    }
  }

  finish(): AuditPartReport {
    const { findings, evidence } = this.#context;
    this.#collector.finish();
    return {
      found: findings.found,
      isOpen: findings.isOpen,
      counts: { ...evidence.counts },
      recordsRead: this.#recordsRead,
    };
  }
}
