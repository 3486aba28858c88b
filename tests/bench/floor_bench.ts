/**
 * Records per second that the whole floor moves end to end, against what one writer appends to the
 * same kind of log: the same records, 1,000 at a time, spread over six partitions as their keys spread
 * them; and, beside it, all of them to one partition, the most that the log takes from one writer.
 *
 * Run: deno run -A tests/bench/floor_bench.ts [--orders 200000] [--durability process|disk]
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { readRange } from "../../actors/log_access/read_range.ts";
import type { RecordToPublish } from "../../kafka/event_log.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { topicSettings } from "../../kafka/topics.ts";
import { tell } from "./figures.ts";
import { moveBurst, startLoadedFloor } from "./floor_load.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    orders: { type: "string", default: "200000" },
    durability: { type: "string", default: "process" },
  },
});
const orders = Number(values.orders);
const durability = values.durability === "disk" ? "disk" : "process";
const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });

try {
  const floor = await moved();
  const writer = await appended(floor.sample, 1);
  const spread = await appended(floor.sample, 6);
  const rate = Math.round(floor.rate);
  console.log(
    `floor, ${durability}: ${orders} commands, ${floor.total} records in ` +
      `${floor.seconds.toFixed(1)} s`,
  );
  console.log(`  ${Math.round(orders / floor.seconds)} commands/s, ${rate} records/s end to end`);
  console.log(`  ${JSON.stringify(floor.byTopic)}`);
  console.log(`one writer, the same records, 1,000 at a time: ${Math.round(spread)} records/s`);
  console.log(`  all to one partition: ${Math.round(writer)} records/s`);
  tell({
    what: `floor end to end / one writer (${durability})`,
    value: floor.rate / spread,
    unit: "",
    ...(durability === "process" ? { limit: { is: "at least", value: 0.25 } } : {}),
  });
  tell({
    what: `floor end to end / one writer to one partition (${durability})`,
    value: floor.rate / writer,
    unit: "",
  });
  tell({ what: `commands end to end (${durability})`, value: orders / floor.seconds, unit: "/s" });
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function moved() {
  await using floor = await startLoadedFloor(directory, { durability });
  const moved = await moveBurst(floor, orders);
  const { byTopic, total } = moved;
  console.log(`sent in ${moved.sendingSeconds.toFixed(1)} s`);
  const sample: RecordToPublish[] = [];
  for (const topic of Object.keys(byTopic)) {
    const share = Math.ceil(100_000 * byTopic[topic]! / total);
    const partitions = await floor.log.partitionCount(topic);
    let taken = 0;
    for (let partition = 0; partition < partitions && taken < share; partition++) {
      for await (const record of readRange(floor.log, { topic, partition })) {
        if (taken++ >= share) break;
        sample.push({ key: record.key, value: record.text, timestamp: record.timestamp });
      }
    }
  }
  return { ...moved, rate: total / moved.seconds, sample };
}

async function appended(
  sample: readonly RecordToPublish[],
  partitions: number,
): Promise<number> {
  const path = join(directory, `writer-${partitions}.sqlite`);
  await using log = await openEventLog({ kind: "embedded", path, durability });
  await log.createTopics(topicSettings());
  let count = 0;
  const started = performance.now();
  while (performance.now() - started < 3_000) {
    for (let at = 0; at < sample.length; at += 1_000) {
      const first = (at / 1_000) % 6;
      const each = Math.ceil(1_000 / partitions);
      await log.publish(
        Array.from({ length: partitions }, (_, n) => ({
          topic: "orders",
          partition: (first + n) % 6,
          records: sample.slice(at + n * each, Math.min(at + 1_000, at + (n + 1) * each)),
        })).filter(({ records }) => records.length > 0),
      );
      count += Math.min(1_000, sample.length - at);
    }
  }
  return count / ((performance.now() - started) / 1000);
}
