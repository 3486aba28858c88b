/**
 * Runtime events in plain sentences: what happened, and what it means for the floor's effects.
 *
 * @module
 */

import type { DownReason, RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { formatCount } from "../../report/figures.ts";
import { listOf } from "./message_line.ts";
import { span } from "./time_text.ts";
import { many } from "./words.ts";

/** An event of one kind. */
type EventOf<K extends RuntimeEvent["kind"]> = Extract<RuntimeEvent, { readonly kind: K }>;

const ENDS: Readonly<Record<DownReason, string>> = {
  "stopped": "stopped as it was told to, or by itself when its work was done",
  "crashed": "crashed",
  "terminated": "was killed",
  "unresponsive": "did not answer any more",
  "start-timeout": "was not ready in time",
  "exited": "ended without a word",
};

/** What a runtime event says, in a sentence. Texts of errors and notes stand in it as they are. */
export function eventSentence(event: RuntimeEvent): string {
  const name = `${event.actor}:${event.incarnation}`;
  switch (event.kind) {
    case "starting":
      return `${event.actor} starts, incarnation ${event.incarnation}.`;
    case "ready":
      return `${name} is ready, ${span(event.afterMs)} after its start.`;
    case "stopping":
      return `${name} is told to stop.`;
    case "assigned":
      return `${name} got ${listOf(event.partitions)} (generation ${event.generation}).`;
    case "revoked":
      return `${name} gave up ${listOf(event.partitions)} (generation ${event.generation}).`;
    case "note":
      return `${name} notes: ${event.text}.`;
    case "fault":
      return `The injected fault ${event.fault} (${event.what}) took effect on ${name}.`;
    case "log-unavailable":
      return `The log is out of reach: ${event.why}.`;
    case "log-available":
      return `The log is within reach again after ${span(event.afterMs)}.`;
    case "undeliverable":
      return `A control call to ${name} found nobody: ${event.error}${suppressedText(event)}.`;
    case "recovered":
    case "commit":
    case "snapshot":
    case "dead-letter":
    case "fold-failed":
      return partitionSentence(event, name);
    default:
      return lifeSentence(event, name);
  }
}

function suppressedText({ suppressed }: EventOf<"undeliverable">): string {
  return suppressed === 0 ? "" : ` (and ${many(suppressed, "more call")} before it)`;
}

function partitionSentence(
  event: EventOf<"recovered" | "commit" | "snapshot" | "dead-letter" | "fold-failed">,
  name: string,
): string {
  const { partition } = event;
  switch (event.kind) {
    case "recovered":
      return recoveredSentence(event, name);
    case "commit":
      return `${name} committed ${partition} up to ${event.offset}.`;
    case "snapshot":
      return `${name} saved a snapshot of ${partition} at ${event.offset}, ` +
        `${many(event.bytes, "byte")}.`;
    case "dead-letter":
      return `${name} set ${partition}/${event.offset} aside as ${event.why}: ${event.error}.`;
    case "fold-failed":
      return `${name} threw on ${partition}/${event.offset}: ${event.error}.`;
  }
}

function recoveredSentence(event: EventOf<"recovered">, name: string): string {
  const { partition, snapshotOffset, committedOffset, folded } = event;
  const source = snapshotOffset === 0 ? "from nothing" : `from the snapshot at ${snapshotOffset}`;
  const reached = snapshotOffset + folded;
  const silent = Math.max(0, Math.min(reached, committedOffset) - snapshotOffset);
  const aloudFrom = Math.max(reached, committedOffset);
  const quietly = silent === 0
    ? ""
    : `, folded ${formatCount(silent)} silently below the committed ${committedOffset}`;
  const again = folded > silent ? `, folded ${formatCount(folded - silent)} more` : "";
  return `${name} came back with ${partition} ${source}${quietly}${again}, ` +
    `and goes on from ${aloudFrom} aloud.`;
}

function lifeSentence(
  event: EventOf<"failure" | "down" | "restart" | "give-up" | "zombie" | "zombie-ended">,
  name: string,
): string {
  switch (event.kind) {
    case "failure":
      return `${name} failed: ${event.error}.`;
    case "down":
      return `${name} is down: it ${ENDS[event.reason]}` +
        `${event.confirmed ? "" : "; its thread has not been seen to end"}.`;
    case "restart":
      return `${name} is restarted after ${span(event.delayMs)}: failure ${event.failures} of ` +
        `${event.maxRestarts} within ${span(event.withinMs)}.`;
    case "give-up":
      return `${event.actor} gives up: failure ${event.failures} within ` +
        `${span(event.withinMs)}, and ${many(event.maxRestarts, "restart")} may be.`;
    case "zombie":
      return `${name} was replaced and its thread goes on: a zombie, one of ` +
        `${event.alive}; ${event.maxZombies} may be.`;
    case "zombie-ended":
      return `The zombie ${name} has ended; ${formatCount(event.alive)} are alive.`;
  }
}

/** What an event means for what happens exactly once; nothing for events that mean nothing to it. */
export function eventReasons(event: RuntimeEvent): readonly string[] {
  switch (event.kind) {
    case "recovered":
      return recoveredReasons(event);
    case "restart":
      return [
        "Failures of all children of its supervisor count together; one more than " +
        `${event.maxRestarts} within ${span(event.withinMs)}, and the supervisor gives up.`,
        "The delay is drawn at random below a ceiling that grows with each failure in a row.",
      ];
    case "give-up":
      return ["It ends all its children, and the supervisor above decides."];
    case "zombie":
      return [
        "Both incarnations fold the same records and write the same outputs, so receivers drop the " +
        "second of each: it costs a processor, and changes nothing.",
      ];
    case "down":
      return event.reason === "stopped" ? [] : [
        "What it published after its last commit is published again by whoever comes next, and " +
        "dropped by its receivers.",
      ];
    case "commit":
      return [`Whatever follows from ${event.partition} below ${event.offset} is in the log.`];
    case "snapshot":
      return ["It is written only when all that follows from the records below is in the log."];
    case "dead-letter":
      return [
        event.why === "poison"
          ? "The letter is the mark by which every fold of the partition skips the record."
          : "The bytes are kept in the letter; nothing of the state changed.",
      ];
    case "fold-failed":
      return ["A record is poison only when the fold throws on it again from a clean state."];
    case "revoked":
      return ["What it has in hand of them and has not committed is the next owner's to do again."];
    case "assigned":
      return ["Its state comes back from snapshot and log before it takes a record."];
    default:
      return [];
  }
}

function recoveredReasons(event: EventOf<"recovered">): readonly string[] {
  const { snapshotOffset, committedOffset, partition } = event;
  if (snapshotOffset + event.folded === 0 && committedOffset === 0) {
    return [`Nothing of ${partition} had been folded before.`];
  }
  if (snapshotOffset > committedOffset) {
    return [
      `The snapshot is newer than the commit at ${committedOffset}: it was written when all outputs ` +
      "below it were in the log, so nothing below it is published again.",
    ];
  }
  return [
    `What follows from the records below ${committedOffset} is in the log already, so it is not ` +
    "published again.",
    "What an incarnation before it published past that is published again, the same to the byte, and " +
    "its receivers drop it.",
  ];
}
