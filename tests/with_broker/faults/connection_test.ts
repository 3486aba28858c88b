/**
 * The connections to a broker are cut, slowed down and stalled: publishing and consuming go on.
 */

import assert from "node:assert/strict";
import { KAFKA_CLIENTS, type KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { testTools } from "../tools/kafka_tools.ts";
import type { AcknowledgedLoad } from "./acknowledged_load.ts";
import { configOn, LONG_MS } from "./broken_cluster.ts";
import { goesOnEverywhere, hurtLog, LOAD_TOPIC, rejected } from "./hurt_load.ts";
import { NO_DISCREPANCIES } from "./stored_records.ts";

/** Longer than a session of the group's member, shorter than the log's patience. */
const STALL_MS = 4_000;
const SESSION_MS = 2_000;

const DELAY_MS = 40;

/** What is done to the connections while a load is published and read. */
type Fault = (proxy: TcpProxy, load: AcknowledgedLoad) => Promise<void>;

const FAULTS: Readonly<Record<string, Fault>> = {
  "cut again and again": async (proxy, load) => {
    for (let cuts = 0; cuts < 3; cuts++) {
      proxy.cut();
      proxy.mend();
      await goesOnEverywhere(load);
    }
    proxy.cut();
    await rejected(load);
    proxy.mend();
    await goesOnEverywhere(load);
  },
  "slowed down": async (proxy, load) => {
    proxy.delay(DELAY_MS);
    await goesOnEverywhere(load);
    proxy.mend();
  },
  "stalled for longer than a session": async (proxy, load) => {
    proxy.stall();
    await new Promise((resolve) => setTimeout(resolve, STALL_MS)); // The fault itself.
    proxy.mend();
    await goesOnEverywhere(load);
  },
};

for (const client of KAFKA_CLIENTS) {
  for (const [what, fault] of Object.entries(FAULTS)) {
    Deno.test(`a log by ${client} whose connections are ${what} loses nothing and reads everything in order`, async () => {
      await through(client, fault);
    });
  }
}

async function through(client: KafkaClientName, fault: Fault): Promise<void> {
  const tools = await testTools();
  const [target = ""] = tools.brokers;
  await using proxy = TcpProxy.open({ target });
  const config = { ...configOn(tools, client), through: { [target]: proxy.address } };
  await using reading = await openClusterLog(config);
  let consumed: Consumed | null = null;
  try {
    const { load, found } = await hurtLog(tools, config, async (load) => {
      consumed = new Consumed(reading);
      await fault(proxy, load);
    });
    assert.deepEqual(found, NO_DISCREPANCIES);
    assert.ok(load.acknowledged.length > 0);
    assert.ok(consumed !== null);
    await assertAllRead(reading, consumed);
  } finally {
    // Assigned in a callback, which the compiler does not follow.
    await (consumed as Consumed | null)?.stop();
    await using sweeper = await openClusterLog({ ...config, through: {} });
    await sweeper.deleteTopics([LOAD_TOPIC]);
  }
}

/** Every offset was delivered, and the first deliveries of each partition are in order. */
async function assertAllRead(log: EventLog, consumed: Consumed): Promise<void> {
  const [description] = await log.describeTopics([LOAD_TOPIC]);
  const ends = description!.offsets.map(({ end }) => end);
  await eventually(
    "everything is read",
    () => ends.every((end, partition) => consumed.next[partition] === end),
    LONG_MS,
  );
  assert.deepEqual(consumed.holes, []);
}

/** A member of a group that reads the load and commits what it has read. */
class Consumed {
  /** The offset after the last one read, by partition. */
  readonly next: number[] = [];
  /** Offsets that were delivered while one before them had not been. */
  readonly holes: string[] = [];
  readonly #ended: Promise<void>;
  readonly #stop = new AbortController();

  constructor(log: EventLog) {
    this.#ended = this.#read(log);
    this.#ended.catch(() => {}); // Told by stop().
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #read(log: EventLog): Promise<void> {
    const member = await log.join({
      group: "load-readers",
      topics: [LOAD_TOPIC],
      instanceId: "reader-0",
      sessionTimeoutMs: SESSION_MS,
    });
    while (!this.#stop.signal.aborted) {
      const polled = await member.poll({ timeoutMs: 200, signal: this.#stop.signal });
      if (polled.kind !== "records") continue;
      for (const { partition, records, nextOffset } of polled.batches) {
        for (const { offset } of records) {
          const wanted = this.next[partition] ?? 0;
          if (offset > wanted) this.holes.push(`${partition}/${offset} instead of ${wanted}`);
          if (offset === wanted) this.next[partition] = offset + 1;
        }
        await this.#commit(() =>
          member.commit([{ topic: LOAD_TOPIC, partition, offset: nextOffset }])
        );
      }
    }
    await member.leave();
  }

  /** A commit may be refused during the fault; what it would have said is said by the next one. */
  async #commit(commit: () => Promise<void>): Promise<void> {
    try {
      await commit();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code !== "log-unavailable" && code !== "fenced-generation") throw error;
    }
  }
}
