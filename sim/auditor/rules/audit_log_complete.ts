/**
 * `audit-log-complete`: every record of every topic but `snapshots` stands in the audit folder as it
 * is in the log, and the chain holds.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import { AuditFolder } from "../audit_folder.ts";
import { FileMemory } from "../memory/file_memory.ts";
import type { MessageLayout } from "../reading/message_scanner.ts";
import type { RuleContext } from "../rule.ts";

const RULE = "audit-log-complete";

/** The rule. It is told of every record, repeats included. */
export class AuditLogComplete {
  readonly #context: RuleContext;
  readonly #folder: string | null;
  readonly #memory = new FileMemory();
  #current: AuditFolder | null = null;
  #place = { topic: "", partition: 0 };

  /** `auditFolder` null: nothing is compared. */
  constructor(context: RuleContext, auditFolder: string | null) {
    this.#context = context;
    this.#folder = auditFolder;
  }

  /** The rule is left undecided: there is nothing to compare with. */
  undecide(): void {
    this.#context.findings.undecide(RULE, "no audit folder was given");
  }

  startPartition(topic: string, partition: number): void {
    this.#place = { topic, partition };
    this.#current = this.#folder === null
      ? null
      : new AuditFolder(this.#folder, { topic, partition }, this.#memory);
  }

  add(record: LogRecord, layout: MessageLayout | null): void {
    if (this.#current === null) return;
    this.#context.findings.check(RULE);
    this.#current.add(record, layout);
  }

  endPartition(): void {
    this.#current?.finish();
    const fault = this.#current?.fault ?? null;
    this.#current = null;
    if (fault === null) return;
    const chain = [{ ...this.#place, offset: fault.offset }];
    if (fault.kind === "short") this.#context.findings.miss(RULE, fault.text, chain);
    else this.#context.findings.violate(RULE, fault.text, chain);
  }
}
