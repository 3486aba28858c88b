/**
 * The stepper's screen.
 *
 * @module
 */

import { formatFilter } from "../model/filter_text.ts";
import { formatSince } from "../model/since.ts";
import { type Panel, PANELS, type StepperModel } from "../model/stepper_model.ts";
import { type Frame, type Row, rowOf } from "../screen/frame.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { formatCount } from "../../report/figures.ts";
import { actorOf, panelLines } from "./panel.ts";
import { actorsPanel } from "./actors_panel.ts";
import { bookPanel } from "./book_panel.ts";
import { chooserLines } from "./chooser_box.ts";
import { entryList } from "./entry_list.ts";
import { entryTime } from "./entry_text.ts";
import { helpLines } from "./help_screen.ts";
import { isLargeEnough, layoutOf, LEAST_SCREEN } from "./layout.ts";
import { promptRow } from "./prompt_row.ts";

/** The screen that shows a model. Pure. */
export function draw(model: StepperModel): Frame {
  const { columns, rows } = model.screen;
  if (!isLargeEnough(model.screen)) return tooSmall(model);
  if (model.mode.kind === "help") return helpFrame(model, model.mode.scroll);
  const layout = layoutOf(model.screen);
  const prompt = promptRow(model);
  const said = saidLines(model);
  const above = [
    rowOf(titleLine(model), columns),
    ...entryList(model, layout.listRows).map((line) => rowOf(line, columns)),
    rowOf(tabsLine(model), columns),
    ...panelRows(model),
  ];
  const frame = [
    // What is said in more than one line takes the panel's last rows for as long.
    ...above.slice(0, rows - 1 - said.length),
    ...said.map((line) => rowOf(line, columns)),
    rowOf(prompt.line, columns),
  ];
  return {
    rows: frame,
    cursor: prompt.cursorColumn === null ? null : { row: rows - 1, column: prompt.cursorColumn },
  };
}

function tooSmall({ screen }: StepperModel): Frame {
  const { columns, rows } = LEAST_SCREEN;
  const lines = [
    `This screen is ${screen.columns}x${screen.rows}.`,
    `It takes ${columns}x${rows} at least.`,
    "q quits.",
  ].slice(0, screen.rows).map((text) => rowOf(lineOf(text), screen.columns));
  const empty = Array.from({ length: screen.rows - lines.length }, () => []);
  return { rows: [...lines, ...empty], cursor: null };
}

function helpFrame({ screen }: StepperModel, scroll: number): Frame {
  const { columns, rows } = screen;
  const lines = helpLines(columns);
  const shown = Array.from({ length: rows - 1 }, (_, i) => rowOf(lines[scroll + i] ?? [], columns));
  const below = lines.length - scroll - shown.length;
  const foot = below > 0 ? `more: ↓ or Space; any other key goes back` : "any key goes back";
  return { rows: [...shown, rowOf(lineOf(foot, "quiet"), columns)], cursor: null };
}

function titleLine({ run, shown, length }: StepperModel): Line {
  const played = run.scenario === null ? "" : ` · seed ${run.scenario.seed}`;
  const head = { text: run.runId, tone: "heading" } as const;
  if (shown === null) return [head, { text: `${played} · no entries` }];
  const { rank } = shown.entry;
  const since = formatSince(entryTime(shown.entry) - run.startedAt);
  const last = formatCount(Math.max(0, length - 1));
  return [head, { text: `${played} · #${formatCount(rank)} of #${last} · ${since}` }];
}

const TABS: Readonly<Record<Panel, string>> = {
  step: "Step",
  record: "Record",
  state: "State",
  sent: "Sent",
  book: "Book",
  actors: "Actors",
  events: "Events",
  findings: "Findings",
};

function tabsLine({ panel, shown }: StepperModel): Line {
  const found = shown?.findings.length ?? 0;
  return PANELS.map((name, i) => {
    const label = name === "findings" && found > 0 ? `${TABS[name]} ${found}` : TABS[name];
    return name === panel
      ? { text: `[${i + 1} ${label}]`, tone: "strong" }
      : { text: ` ${i + 1} ${label} `, tone: "quiet" };
  });
}

/** The panel, with what stands beside it, or the choice that is offered. */
function panelRows(model: StepperModel): readonly Row[] {
  const { columns } = model.screen;
  const { panelRows: rows, panelWidth, sideWidth } = layoutOf(model.screen);
  if (model.mode.kind === "chooser") {
    const lines = chooserLines(model.mode.chooser, { rows, width: columns });
    return Array.from({ length: rows }, (_, i) => rowOf(lines[i] ?? [], columns));
  }
  const width = panelWidth(model);
  const side = sideWidth(model);
  const lines = panelLines(model, width);
  const from = scrollWithin(model, { lines: lines.length, rows });
  const beside = side === 0 ? [] : besideLines(model, side);
  return Array.from({ length: rows }, (_, i): Row => [
    { column: 0, width, line: lines[from + i] ?? [] },
    ...(side === 0 ? [] : [{ column: width + 2, width: side, line: beside[i] ?? [] }]),
  ]);
}

/** A scroll that another size has made too large shows the end. */
function scrollWithin(
  { scroll }: StepperModel,
  { lines, rows }: { readonly lines: number; readonly rows: number },
): number {
  return Math.max(0, Math.min(scroll, lines - rows));
}

/** Beside a step: its book where it has one, and who was up. */
function besideLines({ shown }: StepperModel, width: number): readonly Line[] {
  if (shown === null) return [];
  const { step } = shown;
  const hasBook = (step?.after?.ladder ?? step?.before?.ladder) !== undefined;
  return [
    ...(step !== null && hasBook ? [...bookPanel(step, width), lineOf("")] : []),
    ...actorsPanel(shown.supervision, { width, marked: actorOf(shown) }),
  ];
}

/** Rows that what is said may take. */
const MOST_SAID_ROWS = 5;

/** What is said, else what is shown only, else how much of the panel is below; one line at least. */
function saidLines(model: StepperModel): readonly Line[] {
  const { busy, notice, mode, screen } = model;
  if (busy !== null) return [busyLine(model)];
  const problem = mode.kind === "prompt" ? mode.problem : null;
  const said = problem !== null ? { text: problem, tone: "bad" as const } : notice;
  if (said === null) return [footLine(model)];
  const { text, tone } = said;
  return wrapLine(text, { width: screen.columns, tone }).slice(0, MOST_SAID_ROWS);
}

function footLine(model: StepperModel): Line {
  const only = formatFilter(model.filter);
  return [
    ...(only === "" ? [] : [{ text: `only ${only} (x: everything)  `, tone: "doubt" } as const]),
    { text: moreBelow(model), tone: "quiet" },
  ];
}

function busyLine({ busy, length, typedAhead }: StepperModel): Line {
  if (busy === null) return [];
  const at = busy.rank === null || length === 0
    ? ""
    : ` at #${formatCount(busy.rank)} of #${formatCount(length - 1)}`;
  const waiting = typedAhead.length === 0 ? "" : `; ${typedAhead.length} keys wait`;
  return lineOf(`${busy.what}${at} … Esc ends it${waiting}`, "doubt");
}

function moreBelow(model: StepperModel): string {
  if (model.mode.kind === "chooser") return "";
  const { panelRows: rows, panelWidth } = layoutOf(model.screen);
  const lines = panelLines(model, panelWidth(model)).length;
  const below = lines - rows - scrollWithin(model, { lines, rows });
  if (below <= 0) return "";
  return below === 1 ? "1 more line: ↓" : `${below} more lines: ↓`;
}
