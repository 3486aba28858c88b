/**
 * Whom a fault befalls, as a scenario writes it: `trading-engine-0`, `trading-engine`,
 * `trading-engine orders/3` (whoever serves that partition then), `log`, `orders`, `orders/3`.
 *
 * @module
 */

import { type ConsumerRole, FOLDED_TOPICS, TOPOLOGY } from "../../actors/topology.ts";
import { TOPIC_NAMES, type TopicName } from "../../kafka/topics.ts";
import { suggestion } from "../nearest.ts";
import { ACTOR_GROUPS, type ActorGroup, isActorGroup, parseInstance } from "../scenario_events.ts";
import type { Befalls } from "./fault_verbs.ts";

/** A target, read. */
export type FaultTarget =
  | { readonly kind: "instance"; readonly id: string; readonly group: ActorGroup }
  | { readonly kind: "group"; readonly group: ActorGroup }
  | {
    readonly kind: "server";
    readonly group: ConsumerRole;
    readonly topic: TopicName;
    readonly partition: number;
  }
  | { readonly kind: "log" }
  | { readonly kind: "topic"; readonly topic: TopicName }
  | { readonly kind: "partition"; readonly topic: TopicName; readonly partition: number };

/** Topics that a stranger's bytes are read from as messages. Snapshots are torn instead. */
const POISONABLE: readonly TopicName[] = TOPIC_NAMES.filter((name) => name !== "snapshots");

const PARTITION = /^(.+)\/(\d{1,4})$/;

/** Reads a target; null when it names nothing that there is on any floor. */
export function readTarget(text: string): FaultTarget | null {
  if (text === "log") return { kind: "log" };
  if (isTopicName(text)) return { kind: "topic", topic: text };
  if (isActorGroup(text)) return { kind: "group", group: text };
  const instance = parseInstance(text);
  if (instance !== null) return { kind: "instance", id: text, group: instance.group };
  const place = readPartition(text);
  if (place !== null) return { kind: "partition", ...place };
  const [group = "", served = "", ...more] = text.split(" ");
  const part = readPartition(served);
  if (part === null || more.length > 0 || !isConsumer(group) || !readsTopic(group, part.topic)) {
    return null;
  }
  return { kind: "server", group, ...part };
}

/** {@link readTarget} of a target that has been checked. @throws {Error} for one that has not */
export function targetOf(text: string): FaultTarget {
  const target = readTarget(text);
  if (target === null) throw new Error(`Cannot find ${JSON.stringify(text)}: it is no target`);
  return target;
}

function readPartition(
  text: string,
): { readonly topic: TopicName; readonly partition: number } | null {
  const match = PARTITION.exec(text);
  if (match === null || !isTopicName(match[1]!)) return null;
  return { topic: match[1], partition: Number(match[2]) };
}

function isTopicName(text: string): text is TopicName {
  return TOPIC_NAMES.some((name) => name === text);
}

function isConsumer(group: string): group is ConsumerRole {
  return isActorGroup(group) && TOPOLOGY[group].kind === "consumer";
}

function readsTopic(group: ConsumerRole, topic: TopicName): boolean {
  return TOPOLOGY[group].reads.some((name) => name === topic);
}

/** Whether a group keeps snapshots. */
function keepsSnapshots(group: ActorGroup): boolean {
  const row = TOPOLOGY[group];
  return row.kind === "consumer" && row.stateful;
}

function isProducer(group: ActorGroup): boolean {
  return TOPOLOGY[group].kind === "producer";
}

/** Whether a target is one of those that a verb may befall. */
function mayBefall(befalls: Befalls, target: FaultTarget): boolean {
  const isActor = target.kind === "instance" || target.kind === "group" || target.kind === "server";
  switch (befalls) {
    case "actors":
      return isActor;
    case "actors or places":
      return true;
    case "places":
      return !isActor;
    case "log":
      return target.kind === "log";
    case "partitions":
      return isPartOf(target, POISONABLE);
    case "folded partitions":
      return isPartOf(target, FOLDED_TOPICS);
    case "consumers":
      return target.kind === "group" && isConsumer(target.group);
    case "snapshots":
      return isActor && keepsSnapshots(target.group);
    case "producers":
      return isActor && isProducer(target.group);
  }
}

function isPartOf(target: FaultTarget, topics: readonly TopicName[]): boolean {
  return (target.kind === "topic" || target.kind === "partition") && topics.includes(target.topic);
}

/** What is wrong with a verb's target, as what would be right; null when nothing is. */
export function wrongTarget(befalls: Befalls, text: string): string | null {
  const target = readTarget(text);
  if (target !== null && mayBefall(befalls, target)) return null;
  return `must be ${FORMS[befalls]}${suggestion(text, candidates(befalls, text))}`;
}

const groupsWith = (holds: (group: ActorGroup) => boolean) => ACTOR_GROUPS.filter(holds);
const list = (names: readonly string[]) => names.join(", ");
const actorForms = (groups: readonly ActorGroup[], served: string | null) =>
  `an instance as in "${groups[0]}-0"` +
  (served === null ? "" : `, whoever serves a partition as in ${JSON.stringify(served)}`) +
  `, or a group: ${list(groups)}`;
const PLACES = `"log", a topic (${list(TOPIC_NAMES)}) or a partition as in "orders/3"`;

/** What each kind of target looks like. */
const FORMS: Readonly<Record<Befalls, string>> = {
  "actors": actorForms(ACTOR_GROUPS, "trading-engine orders/3"),
  "actors or places": `${actorForms(ACTOR_GROUPS, "trading-engine orders/3")}; or ${PLACES}`,
  "places": PLACES,
  "log": `"log"`,
  "partitions": `a topic (${list(POISONABLE)}) or a partition as in "orders/3"`,
  "folded partitions": `a topic (${list(FOLDED_TOPICS)}) or a partition as in "orders/3"`,
  "consumers": `a group that shares partitions: ${list(groupsWith(isConsumer))}`,
  "snapshots": actorForms(groupsWith(keepsSnapshots), "trading-engine orders/3"),
  "producers": actorForms(groupsWith(isProducer), null),
};

/** Names that may have been meant, of the same shape as what was written. */
function candidates(befalls: Befalls, text: string): readonly string[] {
  const [name = "", place = ""] = text.split(" ");
  const number = /-(\d{1,4})$/.exec(name)?.[1];
  const partition = PARTITION.exec(place === "" ? name : place)?.[2] ?? "0";
  const all = [
    "log",
    ...TOPIC_NAMES,
    ...TOPIC_NAMES.map((topic) => `${topic}/${partition}`),
    ...ACTOR_GROUPS,
    ...(number === undefined ? [] : ACTOR_GROUPS.map((group) => `${group}-${number}`)),
    ...(place === ""
      ? []
      : ACTOR_GROUPS.filter(isConsumer).flatMap((group) =>
        TOPOLOGY[group].reads.map((topic) => `${group} ${topic}/${partition}`)
      )),
  ];
  return all.filter((candidate) => {
    const target = readTarget(candidate);
    return target !== null && mayBefall(befalls, target);
  });
}
