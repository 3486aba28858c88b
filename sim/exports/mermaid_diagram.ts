/**
 * A story as a Mermaid sequence diagram: actors as participants, records as arrows, decisions as notes.
 *
 * @module
 */

import { formatPlace } from "../actor_log/record_place.ts";
import { eventSentence } from "../actor_log/views/event_sentence.ts";
import type { Story, ToldStep } from "../explain/story.ts";
import { answerIn } from "../actor_log/first_answers.ts";
import { sinceStart } from "../explain/time_texts.ts";
import { mermaidText } from "./mermaid_text.ts";
import { type Edge, edgesOf } from "./story_edges.ts";

/** The longest text of an arrow or a note. */
const MAX_TEXT = 160;

/** Mermaid refuses diagrams of more than 50,000 characters unless told otherwise; these fit. */
export const MAX_DIAGRAM_CHARACTERS = 45_000;

/** The lines of the diagram. Where not all fit, a last note says how many records are left out. */
export function mermaidDiagram(
  story: Story,
  { maxCharacters = MAX_DIAGRAM_CHARACTERS }: { readonly maxCharacters?: number } = {},
): readonly string[] {
  const participants = new Participants();
  const body: string[] = [];
  const edges = edgesOf(story);
  let left = maxCharacters;
  let told = 0;
  for (const edge of edges) {
    const lines = edgeLines(edge, { story, participants });
    left -= lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (left < 0) break;
    body.push(...lines);
    told++;
  }
  const rest = edges.length - told + story.hidden;
  if (rest > 0) {
    const over = participants.first ?? participants.id("client");
    body.push(note(over, `${rest} more ${rest === 1 ? "record" : "records"} left out`));
  }
  for (const sentence of story.stopped) {
    const over = participants.last ?? participants.id("client");
    body.push(note(over, `It stopped here. ${sentence}`));
  }
  return [
    "sequenceDiagram",
    ...participants.lines(),
    ...(participants.first === undefined ? [] : [note(participants.first, titleOf(story))]),
    ...body,
  ];
}

const INDENT = "  ";

function titleOf({ subject }: Story): string {
  return subject.kind === "order"
    ? `Order ${subject.orderId} of user ${subject.userId}`
    : `Record ${formatPlace(subject.place)}`;
}

/** Participants in the order in which they are first met, under ids of our own. */
class Participants {
  readonly #ids = new Map<string, string>();

  id(name: string): string {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = `p${this.#ids.size + 1}`;
    this.#ids.set(name, id);
    return id;
  }

  get first(): string | undefined {
    return [...this.#ids.values()][0];
  }

  get last(): string | undefined {
    return [...this.#ids.values()].at(-1);
  }

  lines(): readonly string[] {
    return [...this.#ids].map(([name, id]) =>
      `${INDENT}participant ${id} as ${mermaidText(name, MAX_TEXT)}`
    );
  }
}

interface Drawing {
  readonly story: Story;
  readonly participants: Participants;
}

function edgeLines(edge: Edge, drawing: Drawing): readonly string[] {
  const { passage, sender } = edge;
  const { participants, story } = drawing;
  const { record, steps, aside, repeatOf } = passage;
  const at = sinceStart(record.timestamp, story.run.startedAt);
  const again = repeatOf === null ? "" : "again, ";
  const text = `${again}${formatPlace(record.place)} at ${at}, ${passage.line}`;
  const lines: string[] = [];
  const from = sender === null ? null : participants.id(nameOf(sender));
  if (aside) {
    for (const step of steps) {
      lines.push(note(participants.id(nameOf(step)), `another order came in, ${text}`));
      lines.push(...stepNotes(step, drawing));
    }
    return lines;
  }
  const arrow = repeatOf === null ? "->>" : "-->>";
  const source = from ?? participants.id("client");
  if (steps.length === 0) lines.push(note(source, text));
  for (const [i, step] of steps.entries()) {
    const to = participants.id(nameOf(step));
    // What it says stands at the first of its arrows.
    const said = i === 0 ? text : `${again}${formatPlace(record.place)}`;
    lines.push(`${INDENT}${source}${arrow}${to}: ${mermaidText(said, MAX_TEXT)}`);
    if (saysSomething(step)) lines.push(...stepNotes(step, drawing));
  }
  return [...lines, ...told(edge, drawing)];
}

/** Handing on, and booking nothing, is seen from the arrow. */
function saysSomething({ step }: ToldStep): boolean {
  if (step.actor === "notifier") return false;
  return step.actor !== "portfolio-manager" || answerIn(step.record) === null;
}

/** What reaches a user: a repeat does not. */
function told({ passage }: Edge, { participants }: Drawing): readonly string[] {
  const notifier = passage.steps.find(({ step }) => step.outcome === "delivered");
  const { key } = passage.record;
  if (notifier === undefined || passage.repeatOf !== null || key === null) return [];
  const from = participants.id(nameOf(notifier));
  const to = participants.id(`user ${key}`);
  return [`${INDENT}${from}-)${to}: ${mermaidText(passage.line, MAX_TEXT)}`];
}

function stepNotes(told: ToldStep, { participants, story }: Drawing): readonly string[] {
  const over = participants.id(nameOf(told));
  const { decision, interruption } = told;
  const deaths = interruption?.events.filter(({ kind }) => kind === "failure") ?? [];
  return [
    decision.headline,
    ...deaths.map((event) =>
      `${sinceStart(event.at, story.run.startedAt)}, ${eventSentence(event)}`
    ),
    ...interruption?.consequences ?? [],
  ].map((text) => note(over, text));
}

function note(over: string, text: string): string {
  return `${INDENT}Note over ${over}: ${mermaidText(text, MAX_TEXT)}`;
}

/** One participant for all incarnations of an actor. */
function nameOf({ step: { actor, owner } }: ToldStep): string {
  return owner?.actor ?? actor;
}
