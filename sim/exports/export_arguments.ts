/**
 * The arguments of `deno task export`.
 *
 * @module
 */

import { CLUSTER_OPTIONS, type ClusterValues } from "../command_line/cluster_arguments.ts";
import { OptionReader } from "../command_line/option_reader.ts";
import { readOptions } from "../command_line/read_options.ts";
import { UsageError } from "../command_line/usage_error.ts";
import {
  readRun,
  readSubject,
  SUBJECT_OPTIONS,
  type Wanted,
} from "../explain/explain_arguments.ts";
import { MAX_RECORDS_TOLD } from "../explain/tell_order.ts";
import { DEFAULT_RUNS_DIRECTORY } from "../run_folder.ts";

/** What a run, or a part of one, can be exported to. */
export const EXPORT_FORMATS = [
  "ndjson",
  "trades.csv",
  "notifications.csv",
  "mermaid",
  "shiviz",
] as const;
/** One of them. */
export type ExportFormat = typeof EXPORT_FORMATS[number];

/** What an order, or the story of a record, can be exported to. */
const OF_A_STORY: readonly ExportFormat[] = ["ndjson", "mermaid", "shiviz"];

/** What needs one, since a whole run would not fit. */
const OF_A_STORY_ONLY: readonly ExportFormat[] = ["mermaid", "shiviz"];

/** The command, read. */
export interface ExportArguments {
  readonly help: boolean;
  /** A run's id or its folder; empty when only help is asked for. */
  readonly run: string;
  readonly runs: string;
  readonly cluster: ClusterValues;
  readonly format: ExportFormat;
  /** Null: the whole run. */
  readonly wanted: Exclude<Wanted, { readonly kind: "user" }> | null;
  readonly limit: number | undefined;
  /** Null: standard output. */
  readonly output: string | null;
  /** Whether a file that is there is written over. */
  readonly force: boolean;
}

/** @throws {UsageError} saying of each option what is wrong and what would be right */
export function readExportArguments(argv: readonly string[]): ExportArguments {
  const { values, positionals } = readOptions(argv, {
    runs: { type: "string", default: DEFAULT_RUNS_DIRECTORY },
    to: { type: "string" },
    output: { type: "string", short: "o" },
    force: { type: "boolean", default: false },
    limit: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
    ...SUBJECT_OPTIONS,
    ...CLUSTER_OPTIONS,
  });
  const { runs, to, output, force, limit, help, order, user, record, ...cluster } = values;
  const common = { help, runs, cluster, force, output: output ?? null };
  if (help) return { ...common, run: "", format: "ndjson", wanted: null, limit: undefined };
  const problems: string[] = [];
  const run = readRun(positionals, { what: "export", problems });
  const reader = new OptionReader(problems);
  const format = reader.oneOf("to", to, EXPORT_FORMATS);
  if (to === undefined) problems.push(`--to: must be one of ${EXPORT_FORMATS.join(", ")}`);
  const subject = readSubject({ order, user, record }, problems);
  if (subject?.kind === "user") {
    problems.push("--user: says whose order it is; name the order with --order ID");
  }
  const wanted = subject?.kind === "user" ? null : subject;
  if (format !== undefined) checkSubject(format, wanted, problems);
  if (output === "") problems.push(`--output: "": must be the name of a file`);
  if (force && output === undefined) problems.push("--force: goes with --output FILE");
  if (limit !== undefined && wanted === null) {
    problems.push("--limit: goes with --order ID or --record PLACE; a whole run is exported whole");
  }
  const most = reader.wholeNumber("limit", limit, 1, MAX_RECORDS_TOLD);
  if (problems.length > 0 || format === undefined) throw new UsageError(problems);
  return { ...common, run, format, wanted, limit: most };
}

function checkSubject(
  format: ExportFormat,
  wanted: ExportArguments["wanted"],
  problems: string[],
): void {
  if (wanted === null && OF_A_STORY_ONLY.includes(format)) {
    problems.push(
      `--to ${format}: shows an order or a record; say which with --order ID or --record PLACE`,
    );
  }
  if (wanted !== null && !OF_A_STORY.includes(format)) {
    problems.push(`--to ${format}: is for a whole run; leave --order and --record out`);
  }
}
