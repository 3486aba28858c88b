/**
 * Which key does what: the one table that keys are read by and help is written from.
 *
 * @module
 */

import { PANELS } from "./stepper_model.ts";

/** What a key does while steps are shown. */
export type Action =
  | "next"
  | "previous"
  | "next-of-actor"
  | "previous-of-actor"
  | "next-of-order"
  | "previous-of-order"
  | "next-of-partition"
  | "previous-of-partition"
  | "next-failure"
  | "previous-failure"
  | "cause"
  | "effects"
  | "back"
  | "forward"
  | "first"
  | "last"
  | "go"
  | "search-forward"
  | "search-backward"
  | "next-match"
  | "previous-match"
  | "other-actor"
  | "other-actor-backward"
  | "filter"
  | "filter-by-this"
  | "clear-filter"
  | "scroll-up"
  | "scroll-down"
  | "page-up"
  | "page-down"
  | "panel"
  | "help"
  | "redraw"
  | "suspend"
  | "quit";

/** Keys that do something. */
export interface Binding {
  /** By name; the first ones are those that help shows. */
  readonly keys: readonly string[];
  readonly action: Action;
  readonly help: string;
  readonly group: "Moving" | "Causes" | "Looking for" | "Only some" | "Looking at" | "Otherwise";
}

/** All of them, as help lists them. */
export const BINDINGS: readonly Binding[] = [
  { keys: ["n", " ", "right"], action: "next", help: "next entry", group: "Moving" },
  { keys: ["p", "backspace", "left"], action: "previous", help: "previous entry", group: "Moving" },
  { keys: ["a"], action: "next-of-actor", help: "next of this actor", group: "Moving" },
  { keys: ["A"], action: "previous-of-actor", help: "previous of this actor", group: "Moving" },
  { keys: ["o"], action: "next-of-order", help: "next of this order", group: "Moving" },
  { keys: ["O"], action: "previous-of-order", help: "previous of this order", group: "Moving" },
  {
    keys: ["t"],
    action: "next-of-partition",
    help: "next of this partition",
    group: "Moving",
  },
  {
    keys: ["T"],
    action: "previous-of-partition",
    help: "previous of partition",
    group: "Moving",
  },
  { keys: ["f"], action: "next-failure", help: "next failure or restart", group: "Moving" },
  { keys: ["F"], action: "previous-failure", help: "previous failure", group: "Moving" },
  { keys: ["home", "<"], action: "first", help: "first entry", group: "Moving" },
  { keys: ["end", ">"], action: "last", help: "last entry", group: "Moving" },
  { keys: ["c"], action: "cause", help: "to what caused it", group: "Causes" },
  { keys: ["e"], action: "effects", help: "to what followed from it", group: "Causes" },
  { keys: ["[", "b", "alt-left"], action: "back", help: "back before the jump", group: "Causes" },
  { keys: ["]", "alt-right"], action: "forward", help: "forward again", group: "Causes" },
  {
    keys: ["g", ":"],
    action: "go",
    help: "to a place, # or time",
    group: "Looking for",
  },
  { keys: ["/"], action: "search-forward", help: "search a text forward", group: "Looking for" },
  { keys: ["\\"], action: "search-backward", help: "search backward", group: "Looking for" },
  { keys: ["."], action: "next-match", help: "next match", group: "Looking for" },
  { keys: [","], action: "previous-match", help: "previous match", group: "Looking for" },
  {
    keys: ["&"],
    action: "filter",
    help: "only what passes",
    group: "Only some",
  },
  { keys: ["m"], action: "filter-by-this", help: "only more like this one", group: "Only some" },
  { keys: ["x"], action: "clear-filter", help: "show everything again", group: "Only some" },
  {
    keys: PANELS.map((_, i) => String(i + 1)),
    action: "panel",
    help: "what is shown of it",
    group: "Looking at",
  },
  {
    keys: ["tab"],
    action: "other-actor",
    help: "at another actor",
    group: "Looking at",
  },
  {
    keys: ["shift-tab"],
    action: "other-actor-backward",
    help: "at the actor before",
    group: "Looking at",
  },
  { keys: ["up", "k"], action: "scroll-up", help: "scroll up", group: "Looking at" },
  { keys: ["down", "j"], action: "scroll-down", help: "scroll down", group: "Looking at" },
  { keys: ["pageup"], action: "page-up", help: "a page up", group: "Looking at" },
  { keys: ["pagedown"], action: "page-down", help: "a page down", group: "Looking at" },
  { keys: ["?", "h"], action: "help", help: "this help", group: "Otherwise" },
  { keys: ["ctrl-l"], action: "redraw", help: "draw the screen again", group: "Otherwise" },
  { keys: ["ctrl-z"], action: "suspend", help: "to the shell (fg)", group: "Otherwise" },
  { keys: ["q", "ctrl-c"], action: "quit", help: "quit", group: "Otherwise" },
];

const BY_KEY: ReadonlyMap<string, Action> = new Map(
  BINDINGS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)),
);

/** What a key does while steps are shown; null: nothing. */
export function actionOf(key: string): Action | null {
  return BY_KEY.get(key) ?? null;
}
