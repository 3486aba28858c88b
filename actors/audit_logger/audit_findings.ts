/**
 * What a check of an audit log can find, and where.
 *
 * @module
 */

/** What is wrong. */
export type AuditFindingKind =
  /** A line is neither a record nor a chain line as they are written. */
  | "malformed-line"
  /** A record line stands where another offset was to come. */
  | "wrong-offset"
  /** A block's lines do not give the chain that stands below them. */
  | "chain-broken"
  /** A chain line is missing, damaged, or names another offset. */
  | "chain-line"
  /** A line and the log's record differ. */
  | "differs-from-log"
  /** Records, or whole files, are missing. */
  | "missing-records"
  /** The audit log has a record that the log does not have. */
  | "not-in-log"
  /** A file ends in the middle of a line. */
  | "cut-line";

/** One thing that is wrong, and its place. */
export interface AuditFinding {
  readonly kind: AuditFindingKind;
  readonly topic: string;
  readonly partition: number;
  /** Path of the file, below the audit folder; null when no file is to blame. */
  readonly file: string | null;
  /** Counted from 1; the last line of the block when only the block is known. */
  readonly line: number | null;
  /** The record's offset, or the first one it may be. */
  readonly offset: number | null;
  /** A whole sentence. */
  readonly message: string;
}

/** Findings kept; the rest is counted. */
export const MAX_FINDINGS = 100;

/** Collects findings up to {@link MAX_FINDINGS}. */
export class AuditFindings {
  readonly kept: AuditFinding[] = [];
  count = 0;

  add(finding: AuditFinding): void {
    this.count++;
    if (this.kept.length < MAX_FINDINGS) this.kept.push(finding);
  }
}
