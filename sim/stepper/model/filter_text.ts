/**
 * A filter as people write it: `actor=order-gateway user=501`.
 *
 * @module
 */

import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import type { EntryFilter } from "../../actor_log/actor_log.ts";
import { ORDERED_TOPICS, roleOfActor, ROLES_TO_FILTER } from "../../actor_log/entry_filter.ts";
import type { RunIndex } from "../../actor_log/index/run_index.ts";
import { suggestion } from "../../nearest.ts";
import { KNOWN_TYPES } from "./known_types.ts";

/** A filter, or what is wrong with its text and what would be right. */
export type ParsedFilter =
  | { readonly ok: true; readonly filter: EntryFilter }
  | { readonly ok: false; readonly problem: string };

const NAMES = ["actor", "user", "order", "symbol", "type", "topic", "partition", "text"] as const;
type FilterName = typeof NAMES[number];

/** What a filter may look like, for messages. */
export const FILTER_FORM = `words such as user=501, of ${NAMES.join(", ")}; or failures`;

/** Actors named where the one asked for is not there. */
const MAX_ACTORS_LISTED = 12;

const WORD = /\s*(?:([^\s=:"]+)[=:](?:"((?:[^"\\]|\\.)*)"|(\S*))|([^\s=:]+))/y;

/** The filter that a text writes; an empty one lets everything pass. */
export function parseFilter(text: string): ParsedFilter {
  let filter: EntryFilter = {};
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.trimEnd().length) {
    const at = WORD.lastIndex;
    const match = WORD.exec(text);
    if (match === null) return wrong(`${text.slice(at).trim()}: must be ${FILTER_FORM}`);
    const [, name, quoted, bare, flag] = match;
    if (flag === "failures") {
      filter = { ...filter, failures: true };
      continue;
    }
    const known = NAMES.find((each) => each === (name ?? flag));
    if (known === undefined) {
      const word = name ?? flag ?? "";
      return wrong(`${word}: must be ${FILTER_FORM}${suggestion(word, [...NAMES, "failures"])}`);
    }
    const value = quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
    if (value === "") return wrong(`${known}: needs a value, such as ${known}=${EXAMPLES[known]}`);
    const added = withField(filter, known, value);
    if (typeof added === "string") return wrong(added);
    filter = added;
  }
  return { ok: true, filter };
}

const EXAMPLES: Readonly<Record<FilterName, string>> = {
  actor: "order-gateway",
  user: "501",
  order: "1002",
  symbol: "AAPL",
  type: "order-rejected",
  topic: "orders",
  partition: "3",
  text: "refused",
};

function wrong(problem: string): ParsedFilter {
  return { ok: false, problem };
}

/** The filter with a field more, or what is wrong with its value. */
export function withField(
  filter: EntryFilter,
  name: FilterName,
  value: string,
): EntryFilter | string {
  switch (name) {
    case "user":
      return { ...filter, userId: value };
    case "order":
      return { ...filter, orderId: value };
    case "symbol":
      return { ...filter, symbol: value };
    case "text":
      return { ...filter, text: value };
    case "actor":
      return actorProblem(value) ?? { ...filter, actor: value };
    case "type":
      if (KNOWN_TYPES.includes(value)) return { ...filter, type: value };
      return `${value}: there is no such type of message or event${
        suggestion(value, KNOWN_TYPES) || `; there are ${KNOWN_TYPES.join(", ")}`
      }`;
    case "topic": {
      const topic = ORDERED_TOPICS.find((each) => each === value);
      if (topic !== undefined) return { ...filter, topic };
      return `${value}: must be one of ${ORDERED_TOPICS.join(", ")}${
        suggestion(value, ORDERED_TOPICS)
      }`;
    }
    case "partition":
      if (/^\d{1,9}$/.test(value)) return { ...filter, partition: Number(value) };
      return `${value}: a partition is a whole number, such as 3`;
  }
}

function actorProblem(actor: string): string | null {
  const role = roleOfActor(actor);
  if (ROLES_TO_FILTER.some((each) => each === role)) return null;
  // Supervisors, and whoever else runtime events tell of, have ids of other forms.
  if (/^[a-z][a-z0-9-]*(\/[a-z0-9-]+)?$/.test(actor) && !nearRole(role)) return null;
  return `${actor}: must be a role, of ${ROLES_TO_FILTER.join(", ")}, or an actor such as ` +
    `order-gateway-2${suggestion(role, ROLES_TO_FILTER)}`;
}

function nearRole(role: string): boolean {
  return suggestion(role, ROLES_TO_FILTER) !== "";
}

/** What a filter names that the run does not have, with what is near; null when it has all of it. */
export function absentFrom(
  { actor, userId, orderId, symbol }: EntryFilter,
  { index, parameters }: { readonly index: RunIndex; readonly parameters: FloorParameters },
): string | null {
  if (actor !== undefined && !isActorOf(index, actor)) {
    return `The run has no actor ${JSON.stringify(actor)}; ${actorsLike(actor, index)}`;
  }
  if (userId !== undefined) {
    const { found, nearest } = index.userNear(userId);
    if (!found) return `The run has no user ${JSON.stringify(userId)}${orNear(nearest)}`;
  }
  if (orderId !== undefined) {
    const orders = index.ordersWith(orderId);
    if (orders.length === 0) {
      const nearest = index.nearestOrderIds(orderId);
      return `The run has no order ${JSON.stringify(orderId)}${orNear(nearest)}`;
    }
  }
  const symbols = parameters.symbols.map((spec) => spec.symbol);
  // Users may have asked for a symbol that is not traded, so it is looked for all the same when nothing
  // like it is.
  if (symbol !== undefined && !symbols.includes(symbol) && suggestion(symbol, symbols) !== "") {
    return `The floor does not trade ${JSON.stringify(symbol)}${suggestion(symbol, symbols)}`;
  }
  return null;
}

/** Whether it is a role, or runtime events tell of it: without them nobody knows who did a step. */
function isActorOf(index: RunIndex, actor: string): boolean {
  if (ROLES_TO_FILTER.some((role) => role === actor)) return true;
  const [event] = index.events({ from: 0, direction: "forward", actor });
  return event !== undefined || actorsOf(index).some((each) => roleOfActor(each) === actor);
}

/** The run's actors of the role that was asked for, or all where it has none of it. */
function actorsLike(actor: string, index: RunIndex): string {
  const all = actorsOf(index);
  const ofRole = all.filter((each) => roleOfActor(each) === roleOfActor(actor));
  const there = ofRole.length > 0 ? ofRole : all;
  if (there.length === 0) return "its runtime events tell of none";
  const more = there.length - MAX_ACTORS_LISTED;
  return `there are ${there.slice(0, MAX_ACTORS_LISTED).join(", ")}` +
    (more > 0 ? ` and ${more} more` : "");
}

/** Actors that were ever started. */
function actorsOf(index: RunIndex): readonly string[] {
  const started = index.events({ from: 0, direction: "forward", kinds: ["starting"] });
  return [...new Set([...started].map(({ event }) => event.actor))]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function orNear(nearest: readonly string[]): string {
  return nearest.length === 0 ? "" : `; near to it: ${nearest.join(", ")}`;
}

/** A filter as it is written; "" for one that lets everything pass. */
export function formatFilter(filter: EntryFilter): string {
  const { actor, userId, orderId, symbol, type, topic, partition, text, failures } = filter;
  const fields: readonly [FilterName, string | undefined][] = [
    ["actor", actor],
    ["user", userId],
    ["order", orderId],
    ["symbol", symbol],
    ["type", type],
    ["topic", topic],
    ["partition", partition?.toString()],
    ["text", text],
  ];
  return [
    ...fields.flatMap(([name, value]) => value === undefined ? [] : [`${name}=${quote(value)}`]),
    ...(failures === true ? ["failures"] : []),
  ].join(" ");
}

function quote(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}
