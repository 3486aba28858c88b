/**
 * A story as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/), with vector clocks.
 *
 * Clocks are not recorded: they follow from causes. A host is an actor's partition, such as
 * `order-gateway:order-commands/3`, since that is what has one order. What it meets and what it sends are
 * its events; each adds one to its own time, and meeting a record takes over the times of its sending.
 *
 * @module
 */

import { formatPartition, formatPlace } from "../actor_log/record_place.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import type { Passage, Story, ToldStep } from "../explain/story.ts";
import { clip } from "../report/wrap.ts";
import { type Edge, edgesOf } from "./story_edges.ts";

/**
 * The first line of the log: how its events are read. ShiViz takes it from there, and from the second line,
 * which is empty, that it is one execution.
 */
export const SHIVIZ_PARSER = String.raw`(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`;

/** The longest text of an event. */
const MAX_TEXT = 300;

type Clock = Readonly<Record<string, number>>;

/** The lines of the log. */
export function shivizLog(story: Story): readonly string[] {
  const hosts = new Map<string, Clock>();
  /** By place: the time at which a record was sent. */
  const sent = new Map<string, Clock>();
  const lines: string[] = [SHIVIZ_PARSER, ""];
  const happens = (host: string, text: string, after: Clock = {}): Clock => {
    const clock = ticked(host, merged(hosts.get(host) ?? {}, after));
    hosts.set(host, clock);
    const shown = clip(visibleText(text), MAX_TEXT);
    lines.push(`${host} ${JSON.stringify(clock)}`, shown === "" ? "-" : shown);
    return clock;
  };
  const edges = edgesOf(story);
  const givenBy = Map.groupBy(edges, ({ sender }) => sender);
  const send = ({ passage, sender }: Edge): void => {
    const place = formatPlace(passage.record.place);
    if (sent.has(place)) return;
    const host = sender === null ? "client" : hostOf(sender);
    const again = passage.repeatOf === null ? "sends" : "sends again";
    sent.set(place, happens(host, `${again} ${place}: ${passage.line}`));
  };
  for (const edge of edges) {
    // Sent with the step that gave it, or now: what begins something, and what is sent again.
    if (!edge.passage.aside) send(edge);
    const clock = sent.get(formatPlace(edge.passage.record.place));
    for (const told of edge.passage.steps) {
      if (told.step.outcome === "wrote") continue;
      happens(hostOf(told), meets(edge.passage, told), clock);
      for (const given of givenBy.get(told) ?? []) {
        if (given.passage.repeatOf === null) send(given);
      }
    }
  }
  return lines;
}

function meets({ record, aside }: Passage, { decision }: ToldStep): string {
  return `meets ${formatPlace(record.place)}${
    aside ? " (another order)" : ""
  }: ${decision.headline}`;
}

function hostOf({ step: { actor, record } }: ToldStep): string {
  return `${actor}:${formatPartition(record.place)}`;
}

function merged(own: Clock, other: Clock): Clock {
  const clock: Record<string, number> = { ...own };
  for (const [host, time] of Object.entries(other)) {
    clock[host] = Math.max(clock[host] ?? 0, time);
  }
  return clock;
}

function ticked(host: string, clock: Clock): Clock {
  return { ...clock, [host]: (clock[host] ?? 0) + 1 };
}
