/**
 * A record skipped as poison because its actor was killed on it twice.
 *
 * @module
 */

import type { PartitionProcessor } from "../../../actors/consumer/partition_processor.ts";
import { poisonMark } from "../../../actors/fold/partition_fold.ts";
import { markPartition } from "../../../actors/fold/poison_marks.ts";
import { publishUntilAcknowledged } from "../../../actors/log_access/publish_until_acknowledged.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { ActorSurroundings } from "../../../actors/floor/actor_host.ts";
import type { GroupMember, LogRecord, TopicPartitionOffset } from "../../../kafka/event_log.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer, type Opening } from "../support/folding_consumer.ts";
import { over } from "../support/over.ts";
import { withConsumer } from "../support/planted_roles.ts";
import { withMember } from "../support/with_records.ts";

/** So many deaths make a record poison. */
const DEATHS = 2;

/** A command that did nobody any harm is never answered. */
export const killedTwiceIsPoison: PlantedBug = {
  id: "killed_twice_is_poison",
  what: "a record skipped as poison because its actor was killed on it twice",
  host: (host) => {
    const deaths = new DeathCounts();
    return withConsumer("order-gateway", (start, given) => {
      const log = withMember(given.log, (member) => forgetting(member, deaths));
      const surroundings = { ...given, log };
      const who = `${start.id}/${start.incarnation}`;
      const marks = start.options.partitions["dead-letters"];
      return foldingConsumer(orderGatewayFold, {
        start,
        surroundings,
        opening: (opening) => markDeadly(opening, { deaths, surroundings, marks }),
        wrap: (processor) => counting(processor, (record) => deaths.begin(record, who)),
      });
    })(host);
  },
};

/** By partition and offset, who began to work on a record whose offset was never committed. */
class DeathCounts {
  readonly #begun = new Map<number, Map<number, Set<string>>>();

  begin({ partition, offset }: LogRecord, who: string): void {
    const records = this.#begun.get(partition) ?? new Map<number, Set<string>>();
    this.#begun.set(partition, records);
    records.set(offset, (records.get(offset) ?? new Set()).add(who));
  }

  committed({ partition, offset }: TopicPartitionOffset): void {
    const records = this.#begun.get(partition);
    for (const begun of records?.keys() ?? []) if (begun < offset) records?.delete(begun);
  }

  of({ partition, offset }: LogRecord): number {
    return this.#begun.get(partition)?.get(offset)?.size ?? 0;
  }
}

function forgetting(member: GroupMember, deaths: DeathCounts): GroupMember {
  return over(member, {
    commit: async (offsets) => {
      await member.commit(offsets);
      for (const offset of offsets) deaths.committed(offset);
    },
  });
}

function counting(
  processor: PartitionProcessor,
  begin: (record: LogRecord) => void,
): PartitionProcessor {
  return over(processor, {
    process: async (records) => {
      records.forEach(begin);
      await processor.process(records);
    },
  });
}

/** Marks the first record at which the actor died too often, as what the fold throws on is marked. */
async function markDeadly({ assigned, committed }: Opening, { deaths, surroundings, marks }: {
  readonly deaths: DeathCounts;
  readonly surroundings: ActorSurroundings;
  readonly marks: number;
}): Promise<void> {
  const { log, clock } = surroundings;
  for await (const record of readRange(log, assigned, { from: committed })) {
    if (deaths.of(record) < DEATHS) continue;
    const error = `the actor was killed on it ${DEATHS} times`;
    const batch = {
      topic: "dead-letters",
      partition: markPartition(assigned, marks),
      records: [poisonMark(record, { role: orderGatewayFold.role, error })],
    };
    await publishUntilAcknowledged(log, [batch], { clock });
    deaths.committed({ ...assigned, offset: record.offset + 1 });
    return;
  }
}
