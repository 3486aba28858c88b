/**
 * The arguments of `deno task explain`, and those that `deno task export` shares with it.
 *
 * @module
 */

import { CLUSTER_OPTIONS, type ClusterValues } from "../command_line/cluster_arguments.ts";
import { OptionReader } from "../command_line/option_reader.ts";
import { readOptions } from "../command_line/read_options.ts";
import { UsageError } from "../command_line/usage_error.ts";
import { DEFAULT_RUNS_DIRECTORY } from "../run_folder.ts";
import { parsePlace, type RecordPlace } from "../actor_log/record_place.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import { MAX_RECORDS_TOLD } from "./tell_order.ts";

/** What is to be explained. */
export type Wanted =
  | { readonly kind: "order"; readonly orderId: string; readonly userId: string | undefined }
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "record"; readonly place: RecordPlace };

/** The command, read. */
export interface ExplainArguments {
  readonly help: boolean;
  /** A run's id or its folder; empty when only help is asked for. */
  readonly run: string;
  readonly runs: string;
  readonly cluster: ClusterValues;
  readonly wanted: Wanted;
  readonly limit: number | undefined;
  readonly json: boolean;
}

/** The options by which an order, a user or a record is named. */
export const SUBJECT_OPTIONS = {
  order: { type: "string" },
  user: { type: "string" },
  record: { type: "string" },
} as const;

/** The subject options as they were given. */
export type SubjectValues = {
  readonly [name in keyof typeof SUBJECT_OPTIONS]?: string | undefined;
};

/** @throws {UsageError} saying of each option what is wrong and what would be right */
export function readExplainArguments(argv: readonly string[]): ExplainArguments {
  const { values, positionals } = readOptions(argv, {
    runs: { type: "string", default: DEFAULT_RUNS_DIRECTORY },
    limit: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
    ...SUBJECT_OPTIONS,
    ...CLUSTER_OPTIONS,
  });
  const { runs, limit, json, help, order, user, record, ...cluster } = values;
  const common = { help, runs, json, cluster };
  if (help) {
    return { ...common, run: "", wanted: { kind: "user", userId: "" }, limit: undefined };
  }
  const problems: string[] = [];
  const run = readRun(positionals, { what: "explain", problems });
  const wanted = readSubject({ order, user, record }, problems);
  if (wanted === null && problems.length === 0) {
    problems.push("Say what to explain: --order ID, --user ID or --record TOPIC/PARTITION/OFFSET");
  }
  const most = new OptionReader(problems).wholeNumber("limit", limit, 1, MAX_RECORDS_TOLD);
  if (problems.length > 0 || wanted === null) throw new UsageError(problems);
  return { ...common, run, wanted, limit: most };
}

/** The one run that is named; "" with a problem when it is not one. */
export function readRun(
  positionals: readonly string[],
  { what, problems }: { readonly what: string; readonly problems: string[] },
): string {
  const [run, ...more] = positionals;
  if (run === undefined || run === "") {
    problems.push(`Say which run to ${what}: its id or its folder`);
  }
  if (more.length > 0) {
    problems.push(`One run at a time: ${JSON.stringify(more[0])} is too much`);
  }
  return run ?? "";
}

/** What the options name; null when they name nothing. */
export function readSubject(
  { order, user, record }: SubjectValues,
  problems: string[],
): Wanted | null {
  if (record !== undefined) {
    const others = [["order", order], ["user", user]].filter(([, value]) => value !== undefined);
    for (const [name] of others) problems.push(`--record: names all there is; leave --${name} out`);
    const place = parsePlace(record);
    if (place !== null) return { kind: "record", place };
    problems.push(
      `--record: ${JSON.stringify(record)}: must be TOPIC/PARTITION/OFFSET, such as ` +
        `order-commands/3/117, with a topic of ${TOPIC_NAMES.join(", ")}`,
    );
    return null;
  }
  for (const [name, value] of [["order", order], ["user", user]] as const) {
    if (value === "") problems.push(`--${name}: "": must be an id`);
  }
  if (order !== undefined) return { kind: "order", orderId: order, userId: user };
  return user === undefined ? null : { kind: "user", userId: user };
}
