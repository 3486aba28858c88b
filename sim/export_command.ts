/**
 * `deno task export <run>` gives a run, or the life of one order, to other programs: NDJSON, CSV, Mermaid,
 * ShiViz.
 *
 * @module
 */

import type { ActorLog } from "./actor_log/actor_log.ts";
import { openActorLog, type OpenActorLogOptions } from "./actor_log/open_actor_log.ts";
import { CLUSTER_USAGE } from "./command_line/cluster_arguments.ts";
import { onInterrupt } from "./command_line/on_interrupt.ts";
import { exitOf, ExplainExit } from "./explain/exit_of.ts";
import { findOrder, requireRecord } from "./explain/find_order.ts";
import { percentDone, progressLine } from "./command_line/progress_line.ts";
import type { Story } from "./explain/story.ts";
import { MAX_RECORDS_TOLD, tellOrder } from "./explain/tell_order.ts";
import { tellRecord } from "./explain/tell_record.ts";
import { type ExportArguments, readExportArguments } from "./exports/export_arguments.ts";
import { mermaidDiagram } from "./exports/mermaid_diagram.ts";
import { notificationsCsv } from "./exports/notifications_csv.ts";
import type { ExportWatch } from "./exports/run_records.ts";
import { shivizLog } from "./exports/shiviz_log.ts";
import { runNdjson, storyNdjson } from "./exports/steps_ndjson.ts";
import { tradesCsv } from "./exports/trades_csv.ts";
import { unlessAborted } from "./exports/unless_aborted.ts";
import { type Sink, writeFile, writeTo } from "./exports/write_output.ts";
import { DEFAULT_RUNS_DIRECTORY } from "./run_folder.ts";

const USAGE = `Usage: deno task export <run> --to FORMAT [options]

Gives a run, or the story of an order or a record, to other programs. Exits 0 when all of it was
written, 2 when it cannot be, 105 when it was interrupted.

  <run>         a run's id, or its folder; nobody may be playing it
  --to FORMAT   of a run
                  ndjson             every step with its state before and after, and every runtime
                                     event, one JSON object a line
                  trades.csv         every trade with both sides
                  notifications.csv  everything that users were told
                of an order or a record
                  ndjson             its steps
                  mermaid            a sequence diagram (https://mermaid.js.org)
                  shiviz             a log with vector clocks (https://bestchai.bitbucket.io/shiviz)
  --order ID    an order; where several users have one with this id, --user ID says whose
  --record P    a record, such as order-commands/3/117
  --limit N     of an order or a record: at most N records (${MAX_RECORDS_TOLD})
  --output FILE writes to FILE, which is there whole or not at all (standard output)
    --force       even though it is there already
  --runs DIR    where runs are looked up by id (default ${DEFAULT_RUNS_DIRECTORY})

A run's log on a cluster is found by the run's manifest; where the cluster has moved:
${CLUSTER_USAGE}`;

/** What the command works with besides its arguments. */
export interface ExportSurroundings {
  readonly output: Sink;
  readonly print: (line: string) => void;
  /** Where errors, and what is said of a written file, go. */
  readonly complain: (line: string) => void;
  /** Shows how far it has come; "" takes that away again. Left out: it is not shown. */
  readonly showProgress?: (line: string) => void;
  readonly signal: AbortSignal;
  /** Opens a run. */
  readonly open: (options: OpenActorLogOptions) => Promise<ActorLog>;
}

/** The command: writes the export, and gives the exit code. */
export async function exportCommand(
  argv: readonly string[],
  surroundings: ExportSurroundings,
): Promise<number> {
  const { print, complain, showProgress, signal } = surroundings;
  try {
    const wanted = readExportArguments(argv);
    if (wanted.help) print(USAGE);
    else await exportRun(wanted, surroundings);
    return ExplainExit.told;
  } catch (error) {
    showProgress?.("");
    return exitOf(error, { complain, signal, usage: USAGE });
  }
}

async function exportRun(wanted: ExportArguments, surroundings: ExportSurroundings): Promise<void> {
  const { showProgress = () => {}, complain, signal, open, output } = surroundings;
  await using log = await open({
    run: wanted.run,
    runs: wanted.runs,
    cluster: wanted.cluster,
    what: "export",
    signal,
    onProgress: ({ done, total }) =>
      showProgress(`Making the run's index: ${percentDone(done, total)}`),
    onRebuild: complain,
  });
  showProgress("");
  const texts = await textsOf(log, wanted, {
    signal,
    onProgress: (done, all) => showProgress(`Exporting: ${percentDone(done, all)}`),
  });
  if (wanted.output === null) {
    await unlessAborted(writeTo(output, texts), { instead: false, signal });
    signal.throwIfAborted();
  } else {
    await writeFile(wanted.output, texts, { force: wanted.force });
    complain(`Wrote ${wanted.output}.`);
  }
  showProgress("");
}

async function textsOf(
  log: ActorLog,
  { format, wanted, limit = MAX_RECORDS_TOLD }: ExportArguments,
  watch: ExportWatch,
): Promise<AsyncIterable<string> | Iterable<string>> {
  if (format === "trades.csv") return tradesCsv(log, watch);
  if (format === "notifications.csv") return notificationsCsv(log, watch);
  if (wanted === null) return runNdjson(log, watch);
  if (wanted.kind === "record") await requireRecord(log, wanted.place);
  const story = wanted.kind === "record"
    ? await tellRecord(log, wanted.place, { limit })
    : await tellOrder(log, findOrder(log, wanted), { limit });
  return storyTexts(story, format);
}

function storyTexts(story: Story, format: ExportArguments["format"]): Iterable<string> {
  if (format === "ndjson") return storyNdjson(story);
  const lines = format === "mermaid" ? mermaidDiagram(story) : shivizLog(story);
  return lines.map((line) => `${line}\n`);
}

if (import.meta.main) {
  using interrupt = onInterrupt();
  const code = await exportCommand(Deno.args, {
    output: Deno.stdout,
    print: console.log,
    complain: console.error,
    ...progressLine(),
    signal: interrupt.signal,
    open: openActorLog,
  });
  // A write that was given up would hold the process.
  Deno.exit(code);
}
