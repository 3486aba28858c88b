/**
 * The arguments of `deno task step`.
 *
 * @module
 */

import type { EntryFilter } from "../actor_log/actor_log.ts";
import {
  CLUSTER_OPTIONS,
  CLUSTER_USAGE,
  type ClusterValues,
} from "../command_line/cluster_arguments.ts";
import { OptionReader } from "../command_line/option_reader.ts";
import { readOptions } from "../command_line/read_options.ts";
import { UsageError } from "../command_line/usage_error.ts";
import { DEFAULT_RUNS_DIRECTORY } from "../run_folder.ts";
import { withField } from "./model/filter_text.ts";
import { parsePosition } from "./model/position.ts";

/** How steps are shown. */
export type StepFormat = "screen" | "plain" | "json";

/** What is wanted. */
export interface StepWanted {
  /** A run's id or folder; null: the newest. */
  readonly run: string | null;
  readonly runs: string;
  /** Null: a screen on a terminal, plain lines elsewhere. */
  readonly format: StepFormat | null;
  readonly live: boolean;
  readonly filter: EntryFilter;
  /** Positions as they were written; their form is right. */
  readonly at: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly limit: number | null;
  readonly cluster: ClusterValues;
}

/** What the command says about itself. */
export const STEP_USAGE = `Usage: deno task step [RUN] [options]

Steps through a finished run, message by message, forward and backward: what each actor received,
what it decided and why, what changed, and what it sent. In a terminal, ? lists the keys. Elsewhere,
as in a pipe, steps are printed as lines.

  RUN             a run's id, or its folder (the newest run)
  --runs DIR      where runs are looked up by id (${DEFAULT_RUNS_DIRECTORY})
  --plain         prints steps as lines
  --json          prints steps as JSON, one a line
  --at POINT      begins there; with lines, prints that entry alone
  --from POINT    begins there
  --to POINT      ends there (lines)
  --limit N       at most N entries (lines)
  --live          attaches to a running floor of this machine: stop an actor, feed it one message
                  at a time while the others go on, let it go on

Only entries with (all that are given):
  --actor A       steps of a role, such as order-gateway, or of an actor, such as order-gateway-2
  --user U        a user's id
  --order O       an order's id
  --symbol S      a symbol
  --type T        a message's type or a runtime event's kind, such as order-rejected or restart
  --failures      failures, restarts, dead letters, zombies and injected faults

POINT is a place such as order-commands/3/117, an entry's number such as 1204, or a time: +1.5s
since the start, 09:30:01.250 in UTC, 2026-03-01T09:30:01Z.

A run's log on a cluster is found by the run's manifest; where the cluster has moved:
${CLUSTER_USAGE}

Exit code 0; 2 when the run or an option is not usable; 105 when interrupted; with --live, in lines,
1 when something that was asked for was not done.`;

const OPTIONS = {
  "runs": { type: "string" },
  "plain": { type: "boolean" },
  "json": { type: "boolean" },
  "live": { type: "boolean" },
  "at": { type: "string" },
  "from": { type: "string" },
  "to": { type: "string" },
  "limit": { type: "string" },
  "actor": { type: "string" },
  "user": { type: "string" },
  "order": { type: "string" },
  "symbol": { type: "string" },
  "type": { type: "string" },
  "failures": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
  ...CLUSTER_OPTIONS,
} as const;

/** Entries that may be asked for at once. */
const MAX_LIMIT = 1_000_000_000;

const FILTERS = ["actor", "user", "order", "symbol", "type"] as const;
const POINTS = ["at", "from", "to"] as const;

/** @throws {UsageError} saying what is wrong and what would be right */
export function parseStepArguments(argv: readonly string[]): StepWanted | "help" {
  const { values, positionals } = readValues(argv);
  if (values.help === true) return "help";
  const problems: string[] = [];
  const filter = readFilter(values, problems);
  for (const name of POINTS) {
    const text = values[name];
    if (text === undefined) continue;
    // Times of day depend on the run; whether they are times does not.
    const point = parsePosition(text, { startedAt: 0 });
    if (!point.ok) problems.push(`--${name}: ${point.problem}`);
  }
  const limit = new OptionReader(problems).wholeNumber("limit", values.limit, 1, MAX_LIMIT) ?? null;
  problems.push(...clashes(values));
  if (positionals.length > 1) {
    problems.push(`One run at a time: ${JSON.stringify(positionals[1])} is too much`);
  }
  if (problems.length > 0) throw new UsageError(problems);
  const { brokers, client, tls, sasl } = values;
  return {
    run: positionals[0] ?? null,
    runs: values.runs ?? DEFAULT_RUNS_DIRECTORY,
    format: values.json === true ? "json" : values.plain === true ? "plain" : null,
    live: values.live ?? false,
    filter,
    at: values.at ?? null,
    from: values.from ?? null,
    to: values.to ?? null,
    limit,
    cluster: {
      brokers,
      client,
      tls,
      sasl,
      "tls-ca": values["tls-ca"],
      "topic-prefix": values["topic-prefix"],
    },
  };
}

type Values = ReturnType<typeof readValues>["values"];

function readValues(argv: readonly string[]) {
  return readOptions(argv, OPTIONS);
}

function readFilter(values: Values, problems: string[]): EntryFilter {
  let filter: EntryFilter = values.failures === true ? { failures: true } : {};
  for (const name of FILTERS) {
    const value = values[name];
    if (value === undefined) continue;
    const added = value === "" ? `needs a value` : withField(filter, name, value);
    if (typeof added === "string") problems.push(`--${name}: ${added}`);
    else filter = added;
  }
  return filter;
}

/** Options that mean nothing together. */
function clashes(values: Values): readonly string[] {
  const given = (names: readonly (keyof Values)[]) =>
    names.filter((name) => values[name] !== undefined && values[name] !== false);
  const problems: string[] = [];
  if (values.plain === true && values.json === true) {
    problems.push("--plain: goes with text and --json with JSON; choose one");
  }
  if (values.at !== undefined) {
    for (const name of given(["from", "to"])) {
      problems.push(`--${name}: does not go with --at, which names one entry`);
    }
  }
  if (values.live === true) {
    for (const name of given([...FILTERS, ...POINTS, "limit", "failures"])) {
      problems.push(`--${name}: does not go with --live, which shows what happens now`);
    }
  }
  return problems;
}
