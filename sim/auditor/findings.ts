/**
 * Where the rules put what they find.
 *
 * @module
 */

import {
  type Counterexample,
  type RecordRef,
  RULE_IDS,
  type RuleId,
  RULES,
  type Verdict,
} from "./verdict.ts";
import { readingRank } from "./reading_order.ts";

interface Finding {
  checked: number;
  violations: number;
  first: Counterexample | undefined;
  /** The record that was at hand then; null: it was found when everything had been read. */
  firstAt: RecordRef | null;
  undecided: string | undefined;
  undecidedCount: number;
}

/** Everything found, as plain data. */
export type FoundByRule = Readonly<Record<RuleId, Readonly<Finding>>>;

/** Collects, for each rule, the first counterexample and counts. */
export class Findings {
  readonly #drained: boolean;
  /** The record at hand; null when everything has been read, and rules look back. */
  reading: RecordRef | null = null;
  readonly #found: Readonly<Record<RuleId, Finding>>;

  /** `drained` says whether the run has nothing left on its way. */
  constructor(options: { readonly drained: boolean }) {
    this.#drained = options.drained;
    // Built from all rule ids, which Object.fromEntries forgets.
    this.#found = Object.fromEntries(RULE_IDS.map((rule) => [rule, {
      checked: 0,
      violations: 0,
      first: undefined,
      firstAt: null,
      undecided: undefined,
      undecidedCount: 0,
    }])) as unknown as Record<RuleId, Finding>;
  }

  /** Something was judged by the rule. */
  check(rule: RuleId): void {
    this.#found[rule].checked++;
  }

  /** Something breaks the rule. */
  violate(rule: RuleId, text: string, chain: readonly (RecordRef | null)[]): void {
    const finding = this.#found[rule];
    finding.violations++;
    if (finding.first !== undefined) return;
    finding.first = { text, chain: chain.flatMap((at) => at === null ? [] : [refOf(at)]) };
    finding.firstAt = this.reading === null ? null : refOf(this.reading);
  }

  /**
   * Something that ought to be there is not: a violation when the run has drained, otherwise it may
   * still have been on its way.
   */
  miss(rule: RuleId, text: string, chain: readonly (RecordRef | null)[]): void {
    if (this.#drained) this.violate(rule, text, chain);
    else this.undecide(rule, `the run did not drain: ${text}`);
  }

  /** The rule cannot be decided. */
  undecide(rule: RuleId, reason: string): void {
    const finding = this.#found[rule];
    finding.undecided ??= reason;
    finding.undecidedCount++;
  }

  /** Everything found so far; travels between threads. */
  get found(): FoundByRule {
    return this.#found;
  }

  /** Adds what another part of the audit found. */
  add(others: FoundByRule): void {
    for (const rule of RULE_IDS) {
      const ours = this.#found[rule];
      const theirs = others[rule];
      ours.checked += theirs.checked;
      ours.violations += theirs.violations;
      ours.undecided ??= theirs.undecided;
      ours.undecidedCount += theirs.undecidedCount;
      if (!isFirst(theirs, ours)) continue;
      ours.first = theirs.first;
      ours.firstAt = theirs.firstAt;
    }
  }

  /** One verdict for each rule. */
  verdicts(): readonly Verdict[] {
    return RULE_IDS.map((rule) => verdictOf(rule, this.#found[rule]));
  }
}

function verdictOf(rule: RuleId, finding: Finding): Verdict {
  const { checked, violations, first, undecided, undecidedCount } = finding;
  const base = { rule, statement: RULES[rule], checked, violations };
  if (first !== undefined) return { ...base, status: "violated", counterexample: first };
  if (undecided === undefined) return { ...base, status: "held" };
  const more = undecidedCount > 1 ? ` (and ${undecidedCount - 1} more)` : "";
  return { ...base, status: "unknown", reason: undecided + more };
}

/** Whether what another part found first would have been found first in a single pass, too. */
function isFirst(theirs: Finding, ours: Finding): boolean {
  if (theirs.first === undefined) return false;
  if (ours.first === undefined) return true;
  const [a, b] = [theirs.firstAt, ours.firstAt];
  // The engines' rules look back before the floor's cuts are drawn.
  if (a === null || b === null) return b === null;
  const topics = readingRank(a.topic) - readingRank(b.topic);
  // Of one record the engines' rules are told first.
  return (topics || a.partition - b.partition || a.offset - b.offset) <= 0;
}

/** A place without whatever else the object carries. */
export function refOf(at: RecordRef): RecordRef {
  return { topic: at.topic, partition: at.partition, offset: at.offset };
}

/** A place as text: `topic/partition/offset`. */
export function formatRef(at: RecordRef): string {
  return `${at.topic}/${at.partition}/${at.offset}`;
}
