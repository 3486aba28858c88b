/**
 * Where the outputs of a fold stand in the log, and whether they stand there as the fold makes them.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { LogRecord } from "../../kafka/event_log.ts";
import { type Envelope, parseOrigin } from "../../kafka/messages/mod.ts";
import { TOPICS } from "../../kafka/topics.ts";
import type { OutputFinder } from "./output_finder.ts";
import { formatPlace, type RecordPlace } from "./record_place.ts";
import type { FoldedOutput } from "./states/step_folder.ts";
import type { Finding, SentMessage } from "./step.ts";

/** A step's outputs with their places, and what is otherwise in the log than folded. */
export interface PlacedOutputs {
  readonly sent: readonly SentMessage[];
  readonly findings: readonly Finding[];
}

/** Places the outputs of a step of `actor` on the record at `step`. */
export async function placeOutputs(
  finder: OutputFinder,
  outputs: readonly FoldedOutput[],
  step: { readonly actor: Role; readonly place: RecordPlace },
): Promise<PlacedOutputs> {
  const sent: SentMessage[] = [];
  const findings: Finding[] = [];
  for (const output of outputs) {
    const { index, topic, partition, key, message } = output;
    const record = await finder.find(output);
    const place = record === null ? null : { topic, partition, offset: record.offset };
    sent.push({ index, topic, partition, key, message, place });
    const what = record === null ? null : differenceOf(record, output);
    if (what === null || place === null) continue;
    findings.push({
      ...step,
      found: place,
      what:
        `Folding ${formatPlace(step.place)} gives ${topic}/${partition} another record than the ` +
        `log has at ${formatPlace(place)}: ${what}`,
    });
  }
  return { sent, findings };
}

function differenceOf(record: LogRecord, output: FoldedOutput): string | null {
  if (record.text !== output.text) return "its value differs";
  if (record.key !== output.key) {
    return `its key is ${JSON.stringify(record.key)} and not ${JSON.stringify(output.key)}`;
  }
  const isStampedBySender = TOPICS[output.topic].timestampType === "create-time";
  if (isStampedBySender && record.timestamp !== output.timestamp) {
    return `its stamp is ${record.timestamp} and not ${output.timestamp}`;
  }
  return null;
}

/** The place that a derived message's id says it comes from; null for one that is not derived. */
export function originOf(message: Envelope): RecordPlace | null {
  if (message.sequence === undefined) return null;
  const origin = parseOrigin(message.id);
  if (origin === null || !isTopic(origin.topic)) return null;
  return { topic: origin.topic, partition: origin.partition, offset: origin.offset };
}

function isTopic(name: string): name is RecordPlace["topic"] {
  return name in TOPICS;
}
