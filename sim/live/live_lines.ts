/**
 * `deno task step --live` without a terminal: commands are read a line at a time, and answered in
 * lines or as NDJSON.
 *
 * @module
 */

import { aborted } from "../../actors/runtime/deferred.ts";
import { EventLogError } from "../../kafka/event_log.ts";
import type { ClusterValues } from "../command_line/cluster_arguments.ts";
import { ExitCode } from "../command_line/exit_codes.ts";
import { jsonAnswer, type LiveAnswer, plainAnswer } from "./live_answers.ts";
import { type LiveCommand, parseLiveCommand } from "./live_commands.ts";
import type { LiveNews } from "./attach_live.ts";
import { LiveSession } from "./live_session.ts";
import { LiveError } from "./protocol.ts";

/** Which run, and how it is answered. */
export interface LiveLinesOptions {
  /** The run's folder. */
  readonly directory: string;
  readonly format: "plain" | "json";
  /** How the run's cluster is reached, where otherwise than its manifest says. */
  readonly cluster?: ClusterValues;
}

/** What the lines come from and go to. */
export interface LiveLinesSurroundings {
  readonly lines: AsyncIterable<string>;
  readonly say: (line: string) => void;
  /** Told what was not done, in plain text; as JSON that is an answer like any other. */
  readonly complain: (line: string) => void;
  /** Aborts when the user wants an end. */
  readonly interrupted: AbortSignal;
}

/**
 * Attaches, and does what the lines say, until they or the run end.
 *
 * @returns the exit code: that something was asked for and not done makes it that of a failure
 * @throws {LiveError} when the run cannot be attached to
 * @throws {EventLogError} when its log cannot be read
 */
export async function liveLines(
  options: LiveLinesOptions,
  surroundings: LiveLinesSurroundings,
): Promise<number> {
  const { directory, format, cluster = {} } = options;
  const { lines, say, complain, interrupted } = surroundings;
  let hear: (news: LiveNews) => void = () => {};
  await using session = await LiveSession.attach(directory, {
    cluster,
    onNews: (news) => hear(news),
  });
  let exitCode: number = ExitCode.held;
  const answer = (each: LiveAnswer) => {
    if (each.kind === "error") exitCode = ExitCode.failed;
    if (format === "json") return say(jsonAnswer(each));
    const tell = each.kind === "error" ? complain : say;
    for (const line of plainAnswer(each, session.view.units)) tell(line);
  };
  hear = (news) => {
    if (isTold(news, session.view.chosen)) answer({ kind: "news", news });
  };
  answer({ kind: "attached", run: session.view.run, directory });
  const over = Promise.race([session.ended, aborted(interrupted).then(() => null)]);
  const why = await obey(lines, { session, answer, over });
  if (why !== null) answer({ kind: "ended", why });
  return exitCode;
}

/** @returns why it is over, when it was not the lines that ended */
async function obey(lines: AsyncIterable<string>, { session, answer, over }: {
  readonly session: LiveSession;
  readonly answer: (answer: LiveAnswer) => void;
  readonly over: Promise<string | null>;
}): Promise<string | null> {
  const input = lines[Symbol.asyncIterator]();
  const isOver = over.then((why) => ({ why }));
  for (;;) {
    const next = await Promise.race([isOver, input.next()]);
    if ("why" in next) return next.why;
    const command = next.done === true ? { kind: "quit" as const } : parseLiveCommand(next.value);
    if (command === null) continue;
    if (command.kind === "quit") return null;
    for await (const each of doing(command, session)) answer(each);
  }
}

async function* doing(command: LiveCommand, session: LiveSession): AsyncGenerator<LiveAnswer> {
  try {
    yield* carriedOut(command, session);
  } catch (error) {
    if (error instanceof LiveError) {
      yield { kind: "error", code: error.code, message: error.message };
    } else if (error instanceof EventLogError) {
      yield { kind: "error", code: "log", message: error.message };
    } else throw error;
  }
}

async function* carriedOut(
  command: LiveCommand,
  session: LiveSession,
): AsyncGenerator<LiveAnswer> {
  switch (command.kind) {
    case "help":
      return yield { kind: "help" };
    case "wrong":
      return yield { kind: "error", code: "refused", message: command.why };
    case "actors":
      await session.refresh();
      return yield { kind: "actors", actors: session.view.actors };
    case "choose":
      await session.refresh();
      session.choose(command.actor);
      return yield { kind: "chosen", actor: command.actor };
    case "suspend":
    case "resume": {
      if (command.actor !== null) {
        await session.refresh();
        session.choose(command.actor);
      }
      const done = command.kind === "suspend" ? "suspended" : "resumed";
      await session[command.kind]();
      return yield { kind: done, actor: session.view.chosen ?? "" };
    }
    case "step":
      return yield* stepped(command.count, session);
  }
}

/** Until so many were made, or there is nothing more to feed. */
async function* stepped(count: number, session: LiveSession): AsyncGenerator<LiveAnswer> {
  for (let made = 0; made < count; made++) {
    const step = await session.step();
    if (step === null) return yield { kind: "nothing", actor: session.view.chosen ?? "" };
    yield { kind: "step", step };
  }
}

/** What befalls the chosen actor, commits left out, and what ends. */
function isTold(news: LiveNews, chosen: string | null): boolean {
  if (news.kind !== "event") return true;
  const { actor, kind } = news.event;
  return actor === chosen && kind !== "commit" && kind !== "note" && kind !== "snapshot";
}
