/**
 * A floor of every role in virtual time, with an order command producer, and all that it leaves behind.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { CallObserver } from "../../../actors/floor/actor_host.ts";
import type { Floor } from "../../../actors/floor/floor.ts";
import { startFloorOn } from "../../../actors/floor/start_floor.ts";
import { openVirtualPlace } from "../../../actors/floor/virtual_place.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { createOrderCommandProducer } from "../../../actors/order_command_producer/order_command_producer.ts";
import type { OrderCommandProducerOptions } from "../../../actors/order_command_producer/options.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { VirtualTime } from "../../../actors/runtime/virtual_time.ts";
import { seededRandom } from "../../../actors/seeded_random.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { MemoryLog } from "../../../kafka/open_event_log.ts";
import { assertEqualsFoldFromZero, type Compared } from "./recovery_evidence.ts";
import { assertConserved, SYMBOLS, TIRELESS, USERS, withFolder } from "./recovery_floor.ts";

const STARTS_AT = Date.UTC(2026, 0, 5, 14, 30);

/** The name of the producer among the actors. */
export const PRODUCER = "traders-0";

/** The load begins so long after the floor's start, in ms, and lasts so long. */
const LOAD = { afterMs: 500, forMs: 4_000, ratePerSecond: 100 } as const;

/** An event that has not come after so long will not come. */
const PATIENCE_MS = 60_000;

/** A floor in virtual time, while its orders flow. */
export interface VirtualStage {
  readonly floor: Floor;
  readonly time: VirtualTime;
  readonly events: readonly RuntimeEvent[];
  /** Resolves when the event comes, or at once when it has been there. */
  happened(kind: RuntimeEvent["kind"], actor: string, incarnation?: number): Promise<RuntimeEvent>;
}

/** What a floor in virtual time has left behind. */
export interface Played {
  /** Every record of every topic, one line each, in order. */
  readonly records: readonly string[];
  readonly events: readonly RuntimeEvent[];
  /** The audit log's files, by name. */
  readonly audit: ReadonlyMap<string, string>;
  readonly compared: Compared;
}

/** How it is played. */
export interface VirtualPlay {
  readonly seed: number;
  /** What is done to the floor while orders flow. */
  readonly hurt?: (stage: VirtualStage) => Promise<void>;
  readonly observe?: CallObserver;
}

/** Plays some hundred orders, and looks at everything that must hold afterwards. */
export function playVirtualFloor(play: VirtualPlay): Promise<Played> {
  return withFolder((folder) => playIn(join(folder, "audit"), play));
}

async function playIn(auditFolder: string, play: VirtualPlay): Promise<Played> {
  const { seed, hurt, observe } = play;
  const time = new VirtualTime({ seed, startsAt: STARTS_AT });
  const events: RuntimeEvent[] = [];
  const drawLatency = seededRandom(seed, "latency");
  return await time.run(async () => {
    const kept = Promise.withResolvers<MemoryLog>();
    const floor = await startFloorOn(async (runtime) => {
      const place = await openVirtualPlace(runtime, {
        time,
        auditFolder,
        latency: () => drawLatency() * 3,
        limits: { pingEveryMs: 100, unresponsiveAfterMs: 600, zombieAfterMs: 100 },
        ...(observe === undefined ? {} : { observe }),
      });
      kept.resolve(place.log);
      return { ...place, close: () => Promise.resolve() };
    }, {
      clock: time,
      seed,
      runId: "virtual",
      symbols: SYMBOLS,
      restarts: TIRELESS,
      instances: { "trading-engine": 2 },
      accounts: USERS.map((userId) => ({
        userId,
        cash: 100_000,
        holdings: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, 1_000])),
      })),
      onEvent: (event) => events.push(event),
    });
    await using log = await kept.promise;
    const stage = stageOf(floor, time, events);
    await startTraders(floor, seed);
    await hurt?.(stage);
    await stage.happened("down", PRODUCER);
    await floor.idle();
    await assertConserved(floor);
    await floor.stop();
    const compared = await assertEqualsFoldFromZero(log);
    const records = await recordsOf(log);
    return { records, events, audit: filesIn(auditFolder), compared };
  });
}

function stageOf(
  floor: Floor,
  time: VirtualTime,
  events: readonly RuntimeEvent[],
): VirtualStage {
  const happened: VirtualStage["happened"] = async (kind, actor, incarnation = 1) => {
    for (const until = time.now() + PATIENCE_MS; time.now() < until;) {
      const found = events.find((event) =>
        event.kind === kind && event.actor === actor && event.incarnation >= incarnation
      );
      if (found !== undefined) return found;
      await time.sleep(1);
    }
    return assert.fail(`${actor} was never told "${kind}"`);
  };
  return { floor, time, events, happened };
}

async function startTraders(floor: Floor, seed: number): Promise<void> {
  const options: OrderCommandProducerOptions = {
    producer: PRODUCER,
    seed,
    instance: 0,
    instances: 1,
    startAt: Math.ceil(floor.runtime.clock.now()) + LOAD.afterMs,
    phases: [{
      kind: "constant",
      ratePerSecond: LOAD.ratePerSecond,
      durationMs: LOAD.forMs,
    }],
    flow: {
      users: USERS.map((userId) => ({ userId })),
      symbols: SYMBOLS.map((symbol) => ({
        symbol,
        tickSize: 0.01,
        lotSize: 1,
        referencePrice: 100,
      })),
      // Deposits would add to the cash that is looked for in the end.
      mix: { limit: 5, market: 1, cancel: 2, duplicate: 1, conflict: 1, malformed: 1 },
    },
  };
  await floor.startProducer({
    kind: "actor",
    id: PRODUCER,
    role: "order-command-producer",
    restart: "transient",
    shutdownMs: 1_000,
    start: (incarnation) =>
      floor.host.start({
        id: PRODUCER,
        role: "order-command-producer",
        incarnation,
        module: new URL("file:///no/worker/in/virtual/time.ts"),
        options,
        create: ({ log, clock }) => (start) =>
          Promise.resolve(createOrderCommandProducer({ start, log, clock })),
      }),
  });
}

async function recordsOf(log: EventLog): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { name, partitions } of await log.describeTopics()) {
    for (let partition = 0; partition < partitions; partition++) {
      for await (const record of readRange(log, { topic: name, partition })) {
        const { offset, timestamp, key, value, headers } = record;
        const bytes = value === null ? null : value.toBase64();
        lines.push(JSON.stringify([name, partition, offset, timestamp, key, bytes, headers]));
      }
    }
  }
  return lines;
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, entry.name);
    if (entry.isFile) files.set(entry.name, Deno.readTextFileSync(path));
    else for (const [name, text] of filesIn(path)) files.set(join(entry.name, name), text);
  }
  return files;
}

/** Two plays that must be one and the same. */
export function assertSamePlay(one: Played, other: Played): void {
  assert.deepEqual(one.events, other.events);
  assert.deepEqual(one.records, other.records);
  assert.deepEqual(one.audit, other.audit);
}
