/**
 * For every rule a way to break it by as little as possible: one record changed or added, one byte of
 * the audit log, one fact about the run.
 *
 * @module
 */

import type { AuditOptions } from "../audit_run.ts";
import type { RuleId } from "../verdict.ts";
import type { SampleLog } from "./sample_log.ts";
import { forge, poison, rewrite } from "./tampering.ts";

/** What a mutant may change. */
export interface MutantParts {
  readonly log: SampleLog;
  readonly auditFolder: string;
}

/** Breaks a rule; what it returns is told to the auditor besides. */
export type Mutant = (parts: MutantParts) => Partial<AuditOptions> | void;

const BOUGHT = { type: "order-filled", orderId: "b1" };

/** Each rule's mutant. The check of the auditor itself has none: it is this table. */
export const MUTANTS: Readonly<Record<Exclude<RuleId, "auditor-works">, Mutant>> = {
  "no-lost-order": ({ log }) => acknowledgeAnIntentMore(log),
  "no-phantom": ({ log }) => rewrite(log, "notifications", BOUGHT, { orderNumber: 4711 }),
  "duplicates-inert": ({ log }) =>
    rewrite(log, "notifications", { type: "order-placed", duplicate: true }, { duplicate: false }),
  "executed-once": ({ log }) => void forge(log, "market-data", { type: "trade" }),
  "one-terminal-state": ({ log }) =>
    void forge(log, "notifications", { type: "order-cancelled", orderId: "b2" }),
  "conservation": ({ log }) => rewrite(log, "notifications", BOUGHT, { priceTicks: 1599 }),
  "no-overdraft": ({ log }) =>
    rewrite(log, "notifications", { type: "account-opened", userId: "bob" }, { cashUnits: 100 }),
  "rejects-inert": ({ log }) =>
    rewrite(log, "notifications", { type: "order-placed", orderId: "b1", duplicate: false }, {
      type: "order-rejected",
      reason: "rate-limited",
      detail: "",
    }),
  "price-time-priority": ({ log }) =>
    rewrite(log, "market-data", { type: "quote" }, { askLots: 6 }),
  "portfolio-replay": ({ log }) =>
    rewrite(log, "notifications", { type: "deposit-accepted" }, { amountUnits: 501 }),
  "audit-log-complete": ({ auditFolder }) => changeLine(auditFolder),
  "sequences-dense": ({ log }) => rewrite(log, "orders", { orderId: "b3" }, { sequence: 900 }),
  "causality-closed": ({ log }) =>
    rewrite(log, "notifications", { type: "order-cancelled" }, { causationId: "nobody/1" }),
  "inputs-accounted": ({ log }) =>
    void poison(log, "order-commands", { type: "place-order", orderId: "b1" }, "order-gateway"),
  "liveness": ({ log }) => void (log.behind = 1),
  "determinism": () => ({ digests: ["one", "other"] }),
};

/** An intent whose command never came, and the word of its producer that it did. */
function acknowledgeAnIntentMore(log: SampleLog): void {
  const intents = log.records("intents", 0);
  const last = intents.findLast(({ value }) => String(value).startsWith('{"type":"intent",'));
  const intent = JSON.parse(String(last?.value));
  const number = intent.number + 1;
  const value = JSON.stringify({ ...intent, number, value: `${intent.value} ` });
  log.append("intents", 0, { key: last?.key ?? null, value });
  rewrite(log, "intents", { type: "intents-acknowledged" }, { before: number + 1 });
}

/** One letter of the first line of the first partition. */
function changeLine(auditFolder: string): void {
  const folder = `${auditFolder}/order-commands/0`;
  const [file] = [...Deno.readDirSync(folder)];
  const path = `${folder}/${file?.name}`;
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace("timestamp", "timestanp"));
}
