/**
 * The screen of a running floor: its actors above, what the chosen one was fed below.
 *
 * @module
 */

import type { LiveActor } from "../../live/attach_live.ts";
import { plainAnswer } from "../../live/live_answers.ts";
import { rangesOf } from "../draw/actors_panel.ts";
import { type Frame, rowOf } from "../screen/frame.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { LIVE_KEYS, type LiveModel } from "./live_model.ts";

/** Rows that are always there: title, head of the actors, head of the steps, status, keys. */
const FRAME_ROWS = 5;

const KEYS = "↑ ↓ choose  s suspend  n feed one  r go on  ? help  q quit";

/** The screen that shows a running floor. Pure. */
export function drawLive(model: LiveModel): Frame {
  const { columns, rows } = model.screen;
  const lines = model.helps ? helpLines(columns) : floorLines(model);
  const filled = Array.from({ length: rows }, (_, i) => rowOf(lines[i] ?? [], columns));
  return { rows: filled, cursor: null };
}

function helpLines(columns: number): readonly Line[] {
  return [
    lineOf("Keys", "heading"),
    ...LIVE_KEYS.flatMap(([keys, help]) =>
      wrapLine(`${keys.padEnd(10)} ${help}`, { width: columns, indent: 1 })
    ),
    lineOf(""),
    lineOf("any key goes back", "quiet"),
  ];
}

function floorLines(model: LiveModel): readonly Line[] {
  const { view, screen } = model;
  const free = Math.max(2, screen.rows - FRAME_ROWS);
  const actorRows = Math.min(view.actors.length, Math.max(1, Math.floor(free / 2)));
  const fedRows = free - actorRows;
  return [
    titleLine(model),
    headLine(),
    ...actorLines(model, actorRows),
    lineOf(view.chosen === null ? "no actor is chosen" : `fed to ${view.chosen}`, "quiet"),
    ...fedLines(model, fedRows),
    statusLine(model),
    lineOf(KEYS, "quiet"),
  ];
}

function titleLine({ view }: LiveModel): Line {
  const state = view.ended === null ? "live" : "over";
  return [
    { text: view.run, tone: "heading" },
    { text: ` · ${state} · ${view.actors.length} actors` },
  ];
}

/** Columns of an actor's id, phase and lag. */
const ID_COLUMNS = 26;
const PHASE_COLUMNS = 12;
const LAG_COLUMNS = 8;

function headLine(): Line {
  return lineOf(
    `  ${"actor".padEnd(ID_COLUMNS)} ${"phase".padEnd(PHASE_COLUMNS)} ${
      "lag".padStart(LAG_COLUMNS)
    }  partitions`,
    "quiet",
  );
}

function actorLines({ view }: LiveModel, rows: number): readonly Line[] {
  const { actors, chosen } = view;
  const at = Math.max(0, actors.findIndex(({ id }) => id === chosen));
  const first = Math.max(0, Math.min(at - Math.floor(rows / 2), actors.length - rows));
  return actors.slice(first, first + rows).map((actor) => actorLine(actor, actor.id === chosen));
}

function actorLine(actor: LiveActor, isChosen: boolean): Line {
  const { id, phase, lag, partitions, heldBy, process } = actor;
  const held = heldBy === "you" ? "held" : heldBy === "another" ? "held, not by you" : phase;
  const served = rangesOf(partitions.map(({ topic, partition }) => `${topic}/${partition}`));
  const where = process === null ? "" : ` in ${process}`;
  const tone = heldBy !== null ? "doubt" : phase === "running" ? "good" : "bad";
  return [
    {
      text: `${isChosen ? "▶" : " "} ${id.padEnd(ID_COLUMNS)} `,
      ...(isChosen ? { tone: "strong" } as const : {}),
    },
    { text: held.padEnd(PHASE_COLUMNS), tone },
    { text: ` ${(partitions.length === 0 ? "" : String(lag)).padStart(LAG_COLUMNS)}` },
    { text: `  ${served}${where}`, tone: "quiet" },
  ];
}

/** The last lines of what the chosen actor was fed, and of what befell it meanwhile. */
function fedLines({ view, screen, scroll }: LiveModel, rows: number): readonly Line[] {
  const { fed, chosen, units } = view;
  const lines = fed.filter(({ actor }) => actor === chosen).flatMap((step) =>
    plainAnswer({ kind: "step", step }, units).flatMap((text, i) =>
      wrapLine(text.trim(), { width: screen.columns, indent: i === 0 ? 1 : 3 })
    )
  );
  const end = Math.max(Math.min(rows, lines.length), lines.length - scroll);
  const shown = lines.slice(Math.max(0, end - rows), end);
  return Array.from({ length: rows }, (_, i) => shown[i] ?? []);
}

/** What was said last: an answer, else the news. */
function statusLine({ view, notice }: LiveModel): Line {
  if (view.ended !== null) return lineOf(`It is over: ${view.ended}`, "doubt");
  if (notice !== null) return lineOf(notice.text, notice.tone);
  if (view.busy) return lineOf("doing …", "doubt");
  const latest = view.news.findLast((news) =>
    news.kind !== "event" || !["commit", "note", "snapshot"].includes(news.event.kind)
  );
  if (latest === undefined) return [];
  return lineOf(plainAnswer({ kind: "news", news: latest }, view.units).join(" "), "quiet");
}
