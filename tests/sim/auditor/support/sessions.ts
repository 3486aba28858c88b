/**
 * A session with something of everything, and how to judge it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type AuditOptions, auditRun } from "../../../../sim/auditor/audit_run.ts";
import type { AuditReport, RuleId, Verdict } from "../../../../sim/auditor/verdict.ts";
import type { ArrayLog } from "./array_log.ts";
import { HandFloor, type Tamper } from "./hand_floor.ts";
import { savePortfolios } from "./saved_portfolios.ts";

/** Alice, Bob, Carol and Dave trade, cancel, resend, and ask for what is not there. */
export function playSession(tamper?: Tamper): HandFloor {
  const floor = new HandFloor(tamper === undefined ? {} : { tamper });
  floor.open("alice", 0, { AAPL: 100, MSFT: 50 });
  floor.open("bob", 100_000);
  floor.open("carol", 50_000, { AAPL: 10 });
  floor.open("dave", 1_000);
  floor.place({ user: "alice", id: "a1", side: "sell", lots: 7, price: 1600 });
  floor.place({ user: "carol", id: "c1", side: "sell", lots: 3, price: 1600 });
  floor.place({ user: "alice", id: "a2", side: "sell", lots: 5, price: 1590 });
  floor.place({ user: "bob", id: "b1", side: "buy", lots: 9, price: 1700 });
  floor.place({ user: "bob", id: "b1", side: "buy", lots: 9, price: 1700 });
  floor.place({ user: "bob", id: "b1", side: "buy", lots: 10, price: 1700 });
  floor.resendLast("carol");
  floor.place({ user: "dave", id: "d1", symbol: "INVALID", side: "buy", lots: 1, price: 5 });
  floor.malformed("dave", "{not json");
  floor.deposit("dave", "dep-1", 500);
  floor.place({ user: "alice", id: "a3", symbol: "MSFT", side: "sell", lots: 40, price: 40 });
  floor.place({ user: "dave", id: "d2", symbol: "MSFT", side: "buy", lots: 50 });
  floor.place({ user: "bob", id: "b2", side: "buy", lots: 2, price: 1500 });
  floor.cancel("bob", "b2", "x1");
  floor.cancel("bob", "b2", "x2");
  floor.place({ user: "carol", id: "c2", side: "buy", lots: 4, protectionPrice: 1650 });
  floor.place({ user: "bob", id: "b3", side: "buy", lots: 6, price: 1610, timeInForce: "ioc" });
  floor.place({ user: "carol", id: "c3", side: "buy", lots: 2, price: 1550 });
  floor.acknowledge();
  savePortfolios(floor.log);
  return floor;
}

/** What the auditor's check of itself comes to, as a test of its own sees to. */
const SOUND = { sessions: 1, faults: [] };

/** Judges a log, whose run was played twice with the same outcome. */
export function judge(log: ArrayLog, options: AuditOptions = {}): Promise<AuditReport> {
  return auditRun(log, { now: () => 0, digests: ["same", "same"], selfCheck: SOUND, ...options });
}

/** One rule's verdict. */
export function verdictOn(report: AuditReport, rule: RuleId): Verdict {
  const verdict = report.verdicts.find((each) => each.rule === rule);
  assert.ok(verdict, `no verdict on ${rule}`);
  return verdict;
}

/** Asserts that a rule is violated and that its counterexample says so. */
export function assertViolated(report: AuditReport, rule: RuleId, text: RegExp): Verdict {
  const verdict = verdictOn(report, rule);
  assert.equal(verdict.status, "violated", `${rule} is ${verdict.status}`);
  assert.match(verdict.counterexample!.text, text);
  assert.ok(verdict.counterexample!.chain.length > 0, "the counterexample shows no record");
  return verdict;
}

/** What is not held, as text; empty when all is well. */
export function complaints(report: AuditReport): string[] {
  return report.verdicts.filter(({ status }) => status !== "held").map((verdict) =>
    `${verdict.rule}: ${verdict.counterexample?.text ?? verdict.reason}`
  );
}
