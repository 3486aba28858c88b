/**
 * The screen of a running floor as plain values, and what keys make of them.
 *
 * @module
 */

import type { LiveView } from "../../live/live_session.ts";
import type { Notice } from "../model/stepper_model.ts";
import type { ScreenSize } from "../screen/frame.ts";
import type { Key } from "../screen/key.ts";
import type { ScreenEvent, Updated } from "../screen/run_program.ts";

/** What the user wants done with the floor. */
export type LiveEffect =
  | { readonly kind: "choose"; readonly actor: string }
  | { readonly kind: "hold"; readonly actor: string }
  | { readonly kind: "feed"; readonly actor: string }
  | { readonly kind: "release"; readonly actor: string };

/** What came of it. */
export type LiveEvent =
  | { readonly kind: "changed"; readonly view: LiveView }
  | { readonly kind: "said"; readonly notice: Notice };

/** What is shown of a running floor. */
export interface LiveModel {
  readonly view: LiveView;
  readonly screen: ScreenSize;
  /** Lines of what was fed that are below the screen: 0 shows the newest. */
  readonly scroll: number;
  readonly helps: boolean;
  readonly notice: Notice | null;
}

/** A key and what it does. */
export const LIVE_KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓", "choose an actor"],
  ["s", "suspend it: it finishes what it has begun and takes nothing more"],
  ["n Space", "feed it one message"],
  ["r", "let it go on"],
  ["PgUp PgDn", "scroll what it was fed"],
  ["?", "this help"],
  ["q Ctrl-C", "quit: whatever is suspended goes on"],
];

/** The model of a session that was just opened. */
export function initialLive(view: LiveView): LiveModel {
  return { view, screen: { columns: 80, rows: 24 }, scroll: 0, helps: false, notice: null };
}

/** The model after an event. Pure. */
export function updateLive(
  model: LiveModel,
  event: LiveEvent | ScreenEvent,
): Updated<LiveModel, LiveEffect> {
  switch (event.kind) {
    case "changed":
      return { model: { ...model, view: event.view }, effects: [] };
    case "said":
      return { model: { ...model, notice: event.notice }, effects: [] };
    case "resized":
      return { model: { ...model, screen: event.size }, effects: [] };
    case "key":
      return pressed(model, event.key);
  }
}

function pressed(model: LiveModel, { name }: Key): Updated<LiveModel, LiveEffect> {
  if (name === "ctrl-c" || (name === "q" && !model.helps)) {
    return { model, effects: [{ kind: "quit" }] };
  }
  if (model.helps) return { model: { ...model, helps: false }, effects: [] };
  const quiet = { ...model, notice: null };
  switch (name) {
    case "up":
    case "k":
      return choosing(quiet, -1);
    case "down":
    case "j":
    case "tab":
      return choosing(quiet, 1);
    case "pageup":
      return scrolled(quiet, page(model));
    case "pagedown":
      return scrolled(quiet, -page(model));
    case "?":
    case "h":
      return { model: { ...quiet, helps: true }, effects: [] };
    case "s":
      return asking(quiet, "hold");
    case "n":
    case " ":
      return asking({ ...quiet, scroll: 0 }, "feed");
    case "r":
      return asking(quiet, "release");
    case "ctrl-z":
      return { model: quiet, effects: [{ kind: "suspend" }] };
    case "ctrl-l":
      return { model: quiet, effects: [{ kind: "redraw" }] };
    default:
      return said(model, "That key does nothing; ? shows those that do");
  }
}

function said(model: LiveModel, text: string): Updated<LiveModel, LiveEffect> {
  return { model: { ...model, notice: { text, tone: "quiet" } }, effects: [] };
}

/** The next actor of the list, round and round. */
function choosing(model: LiveModel, by: 1 | -1): Updated<LiveModel, LiveEffect> {
  const { actors, chosen } = model.view;
  if (actors.length === 0) return said(model, "No actor runs");
  const at = actors.findIndex(({ id }) => id === chosen);
  const next = at === -1 ? 0 : (at + by + actors.length) % actors.length;
  const actor = actors[next]!.id; // within the list
  return { model: { ...model, scroll: 0 }, effects: [{ kind: "choose", actor }] };
}

function asking(
  model: LiveModel,
  kind: "hold" | "feed" | "release",
): Updated<LiveModel, LiveEffect> {
  const { chosen, ended } = model.view;
  if (ended !== null) return said(model, `It is over: ${ended}`);
  if (chosen === null) return said(model, "No actor is chosen yet: ↑ ↓ choose one");
  return { model, effects: [{ kind, actor: chosen }] };
}

function page({ screen }: LiveModel): number {
  return Math.max(1, Math.floor(screen.rows / 3));
}

/** Scrolled up by so many lines; how many there are is the drawing's to know, so it is only bounded. */
function scrolled(model: LiveModel, by: number): Updated<LiveModel, LiveEffect> {
  const most = 4 * model.view.fed.length;
  return {
    model: { ...model, scroll: Math.max(0, Math.min(most, model.scroll + by)) },
    effects: [],
  };
}
