/**
 * `deno task explain <run>` tells the life of an order, a user's session or one record, with the reason of
 * every decision.
 *
 * @module
 */

import type { ActorLog } from "./actor_log/actor_log.ts";
import { jsonLines } from "./actor_log/json_line.ts";
import { openActorLog, type OpenActorLogOptions } from "./actor_log/open_actor_log.ts";
import { CLUSTER_USAGE } from "./command_line/cluster_arguments.ts";
import { onInterrupt } from "./command_line/on_interrupt.ts";
import { paintFor } from "./command_line/paint_for.ts";
import { type ExplainArguments, readExplainArguments } from "./explain/explain_arguments.ts";
import { exitOf, ExplainExit } from "./explain/exit_of.ts";
import { findOrder, requireRecord, requireUser } from "./explain/find_order.ts";
import { renderSession } from "./explain/render_session.ts";
import { type Rendering, renderStory } from "./explain/render_story.ts";
import { sessionJson, storyJson } from "./explain/story_json.ts";
import { DEFAULT_RECORDS_TOLD, tellOrder } from "./explain/tell_order.ts";
import { tellRecord } from "./explain/tell_record.ts";
import { DEFAULT_COMMANDS_TOLD, tellUser } from "./explain/tell_user.ts";
import { percentDone, progressLine } from "./command_line/progress_line.ts";
import { printLine } from "./exports/standard_output.ts";
import { DEFAULT_RUNS_DIRECTORY } from "./run_folder.ts";

const USAGE = `Usage: deno task explain <run> --order ID [--user ID] [options]
       deno task explain <run> --user ID [options]
       deno task explain <run> --record TOPIC/PARTITION/OFFSET [options]

Tells the life of an order from intent to portfolio, what a user asked for and got, or what led to
a record and what followed from it: times, places, and every decision with its reasons. Exits 0
when it was told, 2 when it cannot be, 105 when it was interrupted.

  <run>       a run's id, or its folder; nobody may be playing it
  --order ID  an order; where several users have one with this id, --user says whose
  --user ID   alone: the newest commands of this user
  --record P  a record, such as order-commands/3/117
  --limit N   tells N records (${DEFAULT_RECORDS_TOLD}), of a user N commands (${DEFAULT_COMMANDS_TOLD})
  --runs DIR  where runs are looked up by id (default ${DEFAULT_RUNS_DIRECTORY})
  --json      the same as JSON

A run's log on a cluster is found by the run's manifest; where the cluster has moved:
${CLUSTER_USAGE}`;

/** What the command works with besides its arguments. */
export interface ExplainSurroundings extends Rendering {
  readonly print: (line: string) => void;
  /** Where errors go. */
  readonly complain: (line: string) => void;
  /** Shows how far it has come; "" takes that away again. Left out: it is not shown. */
  readonly showProgress?: (line: string) => void;
  readonly signal: AbortSignal;
  /** Opens a run. */
  readonly open: (options: OpenActorLogOptions) => Promise<ActorLog>;
}

/** The command: prints what it tells, and gives the exit code. */
export async function explainCommand(
  argv: readonly string[],
  surroundings: ExplainSurroundings,
): Promise<number> {
  const { print, complain, showProgress, signal } = surroundings;
  try {
    const wanted = readExplainArguments(argv);
    if (wanted.help) print(USAGE);
    else await explain(wanted, surroundings);
    return ExplainExit.told;
  } catch (error) {
    showProgress?.("");
    return exitOf(error, { complain, signal, usage: USAGE });
  }
}

async function explain(
  wanted: ExplainArguments,
  surroundings: ExplainSurroundings,
): Promise<void> {
  const { print, complain, showProgress = () => {}, signal, open } = surroundings;
  await using log = await open({
    run: wanted.run,
    runs: wanted.runs,
    cluster: wanted.cluster,
    what: "explain",
    signal,
    onProgress: ({ done, total }) =>
      showProgress(`Making the run's index: ${percentDone(done, total)}`),
    onRebuild: (why) => complain(why),
  });
  showProgress("");
  for (const line of await linesOf(log, wanted, surroundings)) print(line);
}

async function linesOf(
  log: ActorLog,
  { wanted, limit, json }: ExplainArguments,
  surroundings: ExplainSurroundings,
): Promise<readonly string[]> {
  const { signal, showProgress = () => {} } = surroundings;
  if (wanted.kind === "user") {
    requireUser(log, wanted.userId);
    const session = await tellUser(log, wanted.userId, {
      ...(limit === undefined ? {} : { limit }),
      signal,
      onProgress: (left, all) =>
        showProgress(`Looking for commands of the user: ${percentDone(all - left, all)}`),
    });
    showProgress("");
    signal.throwIfAborted();
    return json ? [jsonLines(sessionJson(session))] : renderSession(session, surroundings);
  }
  if (wanted.kind === "record") await requireRecord(log, wanted.place);
  const within = limit === undefined ? {} : { limit };
  const story = wanted.kind === "record"
    ? await tellRecord(log, wanted.place, within)
    : await tellOrder(log, findOrder(log, wanted), within);
  return json ? [jsonLines(storyJson(story))] : renderStory(story, surroundings);
}

/** Columns where no terminal says how many it has, and the most that are used: lines stay readable. */
const WIDTH = { default: 100, most: 120, least: 40 } as const;

function columns(): number {
  if (!Deno.stdout.isTerminal()) return WIDTH.default;
  return Math.max(WIDTH.least, Math.min(WIDTH.most, Deno.consoleSize().columns));
}

if (import.meta.main) {
  using interrupt = onInterrupt();
  Deno.exitCode = await explainCommand(Deno.args, {
    print: printLine,
    complain: console.error,
    ...progressLine(),
    paint: paintFor(Deno.stdout),
    width: columns(),
    signal: interrupt.signal,
    open: openActorLog,
  });
}
