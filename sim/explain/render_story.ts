/**
 * Stories as text: a tree that a terminal can show.
 *
 * @module
 */

import { formatPlace } from "../actor_log/record_place.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import { eventSentence } from "../actor_log/views/event_sentence.ts";
import type { Paint, Tone } from "../report/paint.ts";
import { wrap } from "../report/wrap.ts";
import type { Step } from "../actor_log/step.ts";
import type { Interruption, Passage, Story, StorySubject, ToldStep } from "./story.ts";
import { answerIn } from "../actor_log/first_answers.ts";
import { sinceCause, sinceStart } from "./time_texts.ts";

/** How a story is shown. */
export interface Rendering {
  /** Columns. */
  readonly width: number;
  readonly paint: Paint;
}

/** Texts are not squeezed into fewer columns, however deep they stand. */
const LEAST_WIDTH = 24;

/** The story's lines. What came from records is made visible. */
export function renderStory(story: Story, rendering: Rendering): readonly string[] {
  const { width, paint } = rendering;
  const { run } = story;
  const said: Said = { reasons: new Set(), events: new Set() };
  const scenario = run.scenario === null
    ? ""
    : ` (${visibleText(run.scenario.name)}, seed ${run.scenario.seed})`;
  return [
    paint("heading", visibleText(titleOf(story.subject))),
    paint("quiet", `run ${visibleText(run.runId)}${scenario}; times count from its start`),
    "",
    ...story.summary.flatMap((sentence) => wrap(visibleText(sentence), width)),
    ...story.stopped.flatMap((sentence) =>
      wrap(`It stopped: ${visibleText(sentence)}`, width).map((line) => paint("bad", line))
    ),
    "",
    ...story.passages.flatMap((passage) => [
      ...renderPassage(passage, { first: "", rest: "" }, { ...rendering, story, said }),
      "",
    ]),
    ...hiddenLine(story),
  ];
}

function titleOf(subject: StorySubject): string {
  return subject.kind === "order"
    ? `Order ${subject.orderId} of user ${subject.userId}`
    : `Record ${formatPlace(subject.place)}`;
}

function hiddenLine({ hidden }: Story): readonly string[] {
  if (hidden === 0) return [];
  return [`... and ${hidden} more ${hidden === 1 ? "record" : "records"}: --limit tells more`];
}

interface Within extends Rendering {
  readonly story: Story;
  readonly said: Said;
}

/** What need not be said again in the same words. */
interface Said {
  readonly reasons: Set<string>;
  /** Numbers of runtime events. */
  readonly events: Set<number>;
}

/** What stands before a passage's first line, and before its others. */
interface Indent {
  readonly first: string;
  readonly rest: string;
}

function renderPassage(passage: Passage, indent: Indent, within: Within): readonly string[] {
  const { paint, story } = within;
  const { record, sinceCauseMs, effects } = passage;
  const difference = sinceCauseMs === null ? "" : ` (${sinceCause(sinceCauseMs)})`;
  const at = sinceStart(record.timestamp, story.run.startedAt);
  const bar = effects.length === 0 ? "   " : "│  ";
  const body = indent.rest + bar;
  const asked = story.subject.kind === "record" &&
    formatPlace(story.subject.place) === formatPlace(record.place);
  return [
    indent.first + paint(asked ? "heading" : "strong", formatPlace(record.place)) +
    paint("quiet", `  ${at}${difference}`) + (asked ? "  <- asked for" : ""),
    ...textLines(visibleText(passage.line), { body, tone: null }, within),
    ...passage.notes.flatMap((note) => textLines(`(${note})`, { body, tone: "quiet" }, within)),
    ...passage.steps.flatMap((step) => renderStep(step, body, within)),
    ...effects.flatMap((effect, i) => {
      const last = i === effects.length - 1;
      return renderPassage(effect, {
        first: indent.rest + (last ? "└─ " : "├─ "),
        rest: indent.rest + (last ? "   " : "│  "),
      }, within);
    }),
  ];
}

function renderStep(told: ToldStep, body: string, within: Within): readonly string[] {
  const { decision, interruption, stopped, step } = told;
  const below = { body: `${body}  ` };
  const doubts = interruption === null ? [] : eventTexts(interruption, within);
  const sentences: readonly (readonly [Tone, string, string])[] = [
    ...reasonsOf(told, within.said).map((text) => ["quiet", "- ", text] as const),
    ...doubts.map((text) => ["doubt", "! ", text] as const),
    ...(interruption?.consequences ?? []).map((text) => ["good", "= ", text] as const),
    ...stopped.map((text) => ["bad", "! ", `It stopped here. ${text}`] as const),
    ...step.findings.map(({ what }) => ["bad", "! ", `The log is otherwise. ${what}`] as const),
  ];
  return [
    ...textLines(
      `${ownerName(told)}: ${visibleText(decision.headline)}`,
      { body, tone: null, mark: "> " },
      within,
    ),
    ...sentences.flatMap(([tone, mark, text]) =>
      textLines(visibleText(text), { ...below, tone, mark }, within)
    ),
  ];
}

/** A step's reasons. Those of what is always done alike are given once. */
function reasonsOf({ decision, step }: ToldStep, { reasons }: Said): readonly string[] {
  if (!isRoutine(step)) return decision.reasons;
  return decision.reasons.filter((reason) => {
    // Handing on has one reason, in which only the place differs.
    const name = step.outcome === "delivered" ? step.actor : reason;
    const isNew = !reasons.has(name);
    reasons.add(name);
    return isNew;
  });
}

/** Writing down, handing on, dropping a repeat, and booking nothing. */
function isRoutine({ actor, outcome, record }: Step): boolean {
  if (outcome !== "applied") return outcome !== "malformed" && outcome !== "refused";
  return actor === "portfolio-manager" && answerIn(record) !== null;
}

/** What befell a step, where it was not told of another one. */
function eventTexts(
  { events, hidden }: Interruption,
  { story, said }: Within,
): readonly string[] {
  const fresh = events.filter(({ number }) => !said.events.has(number));
  for (const { number } of fresh) said.events.add(number);
  if (fresh.length === 0) return ["The same befell it as was told above."];
  return [
    ...fresh.map((event) =>
      `${sinceStart(event.at, story.run.startedAt)}: ${eventSentence(event)}`
    ),
    ...(hidden === 0 ? [] : [`And ${hidden} more such events.`]),
  ];
}

/** Who did a step, and in which life. */
export function ownerName({ step: { actor, owner } }: Pick<ToldStep, "step">): string {
  if (owner === null) return actor;
  const name = visibleText(owner.actor);
  return owner.incarnation > 1 ? `${name} (incarnation ${owner.incarnation})` : name;
}

/** A text behind a body's bar, its further lines under the first. */
function textLines(
  text: string,
  { body, tone, mark = "" }: {
    readonly body: string;
    readonly tone: Tone | null;
    readonly mark?: string;
  },
  { width, paint }: Within,
): readonly string[] {
  const room = Math.max(LEAST_WIDTH, width - body.length - mark.length);
  return wrap(text, room).map((line, i) => {
    const shown = (i === 0 ? mark : " ".repeat(mark.length)) + line;
    return body + (tone === null ? shown : paint(tone, shown));
  });
}
