/**
 * The actor log of a run's folder over the plain index and the plain folder: for small runs.
 */

import type { PartitionCounts } from "../../../actors/fold/partition_fold.ts";
import { readFloorParameters } from "../../../actors/floor/open_floor.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { RecordReader } from "../../../sim/actor_log/record_reader.ts";
import { RunActorLog } from "../../../sim/actor_log/run_actor_log.ts";
import { plainFolder } from "./plain_folder.ts";
import { plainIndex } from "./plain_index.ts";

/** The actor log of a log that nobody writes to; it is closed with it. */
export async function plainActorLog(
  log: EventLog,
  { events = [], runId = "plain" }: {
    readonly events?: readonly RuntimeEvent[];
    readonly runId?: string;
  } = {},
): Promise<ActorLog> {
  const parameters = await readFloorParameters(log);
  if (parameters === null) throw new Error("The log holds no floor");
  const ends = new Map<string, number>();
  for (const { name, offsets } of await log.describeTopics()) {
    offsets.forEach(({ end }, partition) => ends.set(`${name}/${partition}`, end));
  }
  const records = new RecordReader(log);
  const opening = await records.read({ topic: "order-commands", partition: 0, offset: 0 });
  return new RunActorLog({
    run: {
      runId,
      directory: "",
      scenario: null,
      startedAt: opening.timestamp,
      virtual: true,
      log: "embedded",
      finished: null,
      parameters,
    },
    log,
    index: await plainIndex(log, events),
    // Made with every topic of the table.
    folder: plainFolder(log, parameters.partitions as PartitionCounts),
    records,
    ends,
    lock: { [Symbol.dispose]() {} },
  });
}

/** The runtime events of a run's folder. */
export function eventsOf(directory: string): readonly RuntimeEvent[] {
  const lines = Deno.readTextFileSync(`${directory}/events.ndjson`).split("\n");
  // Written by RuntimeEventFile.
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as RuntimeEvent);
}
