/**
 * `deno task topics`: lists, describes and creates the floor's topics in a log, and tells where the
 * log differs from the table.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type EventLog, EventLogError, type TopicDescription } from "../kafka/event_log.ts";
import { openEventLog } from "../kafka/open_event_log.ts";
import { findTopicDrift, type TopicDrift } from "../kafka/topic_drift.ts";
import { TOPIC_NAMES, TOPICS, topicSettings } from "../kafka/topics.ts";

/** What the command prints, and where. */
export interface CommandOutput {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/** Exit codes of the command. */
export const TOPICS_EXIT = { fine: 0, failed: 1, usage: 2, drift: 3 } as const;

const ACTIONS = ["list", "describe", "create"] as const;
type Action = (typeof ACTIONS)[number];

interface Wanted {
  readonly action: Action;
  readonly log: string;
  /** Partitions of every topic, in place of the table's. */
  readonly partitions: number | null;
}

export const USAGE = `Usage: deno task topics ACTION --log FILE [--partitions N]

  list      the topics that are there, one a line
  describe  each topic with its settings and how many records it holds
  create    makes the floor's topics that are missing, and the log's file if need be

  --log FILE      the log's file, such as runs/<run id>/log.sqlite
  --partitions N  wants N partitions of every topic in place of the table's

Exit code 0 when the log agrees with the table of topics, ${TOPICS_EXIT.drift} when it does not,
${TOPICS_EXIT.failed} when the log cannot be opened, ${TOPICS_EXIT.usage} when the command is wrong.`;

/** The largest number that `--partitions` takes. */
const MAX_PARTITIONS = 1_024;

/** Runs the command with its arguments, and gives its exit code. */
export async function runTopicsCommand(
  args: readonly string[],
  { out, error }: CommandOutput,
): Promise<number> {
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    (args.length === 0 ? error : out)(USAGE);
    return args.length === 0 ? TOPICS_EXIT.usage : TOPICS_EXIT.fine;
  }
  const wanted = parse(args);
  if (typeof wanted === "string") {
    error(`${wanted}\n\n${USAGE}`);
    return TOPICS_EXIT.usage;
  }
  try {
    const create = wanted.action === "create";
    await using log = await openEventLog({ kind: "embedded", path: wanted.log }, { create });
    return await act(log, wanted, out);
  } catch (failure) {
    if (!(failure instanceof EventLogError)) throw failure;
    error(failure.message);
    return failure.code === "topic-drift" ? TOPICS_EXIT.drift : TOPICS_EXIT.failed;
  }
}

/** What is wanted, or what is wrong with the arguments. */
function parse(args: readonly string[]): Wanted | string {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { log: { type: "string" }, partitions: { type: "string" } },
    });
  } catch (error) {
    return `Cannot read the command: ${(error as Error).message}`;
  }
  const { positionals, values } = parsed;
  const action = ACTIONS.find((each) => each === positionals[0]);
  if (action === undefined || positionals.length > 1) {
    return `Cannot read the command: "${positionals.join(" ")}" is not one of ${
      ACTIONS.join(", ")
    }`;
  }
  if (values.log === undefined || values.log === "") {
    return `Cannot ${action} topics: no log is named; add --log FILE`;
  }
  if (values.partitions === undefined) return { action, log: values.log, partitions: null };
  const partitions = Number(values.partitions);
  if (!/^\d+$/.test(values.partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    return `Cannot ${action} topics: --partitions takes 1 to ${MAX_PARTITIONS}, not "${values.partitions}"`;
  }
  return { action, log: values.log, partitions };
}

async function act(
  log: EventLog,
  { action, partitions }: Wanted,
  out: (line: string) => void,
): Promise<number> {
  const counts = TOPIC_NAMES.map((name) => [name, partitions ?? TOPICS[name].partitions] as const);
  const settings = topicSettings({ partitions: Object.fromEntries(counts) });
  if (action === "create") {
    const before = new Set((await log.describeTopics()).map(({ name }) => name));
    await log.createTopics(settings);
    const made = settings.filter(({ name }) => !before.has(name));
    out(`created ${made.length} topics, found ${settings.length - made.length} there`);
  }
  const found = await log.describeTopics();
  for (const line of action === "list" ? listed(found) : described(found)) out(line);
  const drift = findTopicDrift(settings, found);
  for (const line of drifted(drift)) out(line);
  return drift.length === 0 ? TOPICS_EXIT.fine : TOPICS_EXIT.drift;
}

function listed(topics: readonly TopicDescription[]): string[] {
  return topics.length === 0 ? ["no topics"] : topics.map(({ name }) => name);
}

function described(topics: readonly TopicDescription[]): string[] {
  if (topics.length === 0) return ["no topics"];
  const purposes = new Map<string, string>(
    TOPIC_NAMES.map((name) => [name, `${TOPICS[name].purpose}, by ${TOPICS[name].key}`]),
  );
  const rows = topics.map((topic) => [
    topic.name,
    `${topic.partitions}`,
    topic.retentionMs === null ? topic.cleanup : `${topic.cleanup} after ${topic.retentionMs} ms`,
    topic.timestampType,
    `${topic.offsets.reduce((sum, { start, end }) => sum + end - start, 0)}`,
    purposes.get(topic.name) ?? "not one of the floor's",
  ]);
  return table(["topic", "partitions", "cleanup", "stamped by", "offsets", "holds"], rows);
}

function drifted(drift: readonly TopicDrift[]): string[] {
  if (drift.length === 0) return ["no drift: the log agrees with the table of topics"];
  return [
    `drift in ${drift.length} ${drift.length === 1 ? "place" : "places"}:`,
    ...drift.map(({ topic, difference }) => `  ${topic} ${difference}`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  return [head, ...rows].map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}

if (import.meta.main) {
  Deno.exitCode = await runTopicsCommand(Deno.args, { out: console.log, error: console.error });
}
