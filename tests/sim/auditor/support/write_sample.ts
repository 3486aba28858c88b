/**
 * Writes the session on which the auditor checks itself: what the floor by hand writes.
 *
 * Run: deno run --allow-read --allow-write --allow-env tests/sim/auditor/support/write_sample.ts
 */

import { TOPIC_NAMES } from "../../../../kafka/topics.ts";
import { PARTITIONS } from "./hand_floor.ts";
import { playSession } from "./sessions.ts";

/** The sample as the file has it. */
export function sampleSession() {
  const { log } = playSession();
  const records = TOPIC_NAMES.flatMap((topic) =>
    Array.from(
      { length: PARTITIONS },
      (_, partition) =>
        log.records(topic, partition).map(({ key, value, timestamp }) => ({
          topic,
          partition,
          key,
          ...(value instanceof Uint8Array ? { base64: value.toBase64() } : { text: value }),
          timestamp,
        })),
    ).flat()
  );
  return { partitions: PARTITIONS, records };
}

if (import.meta.main) {
  const path = new URL("../../../../sim/auditor/self_check/sample_session.json", import.meta.url);
  await Deno.writeTextFile(path, `${JSON.stringify(sampleSession(), null, 2)}\n`);
}
