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

interface Finding {
  checked: number;
  violations: number;
  first: Counterexample | undefined;
  undecided: string | undefined;
  undecidedCount: number;
}

/** Everything found, as plain data. */
export type FoundByRule = Readonly<Record<RuleId, Readonly<Finding>>>;

/** Collects, for each rule, the first counterexample and counts. */
export class Findings {
  readonly #drained: boolean;
  #isOpen = false;
  readonly #found: Readonly<Record<RuleId, Finding>>;

  /** `drained` says whether the run has nothing left on its way. */
  constructor(options: { readonly drained: boolean }) {
    this.#drained = options.drained;
    // Built from all rule ids, which Object.fromEntries forgets.
    this.#found = Object.fromEntries(RULE_IDS.map((rule) => [rule, {
      checked: 0,
      violations: 0,
      first: undefined,
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

  /** Something can only be told by one pass over everything. */
  leaveOpen(): void {
    this.#isOpen = true;
  }

  /** Whether one pass over everything has to judge: it tells what was violated first, and how often. */
  get isOpen(): boolean {
    return this.#isOpen || RULE_IDS.some((rule) => this.#found[rule].violations > 0);
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
      ours.first ??= theirs.first;
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

/** A place without whatever else the object carries. */
export function refOf(at: RecordRef): RecordRef {
  return { topic: at.topic, partition: at.partition, offset: at.offset };
}

/** A place as text: `topic/partition/offset`. */
export function formatRef(at: RecordRef): string {
  return `${at.topic}/${at.partition}/${at.offset}`;
}
