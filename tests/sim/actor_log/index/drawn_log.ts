/**
 * Logs drawn at random, with all that may befall one: several producers, resends, repeats of derived
 * records, forged origins (nonsense, beyond the end, later in the same partition, in circles), lost
 * records, bytes that are no message, clocks that step back.
 */

import type { RuntimeEvent } from "../../../../actors/runtime/runtime_events.ts";
import type { Random } from "../../../../actors/seeded_random.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import { encodeMessage, type Message } from "../../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../../kafka/topics.ts";
import { LANE_TOPICS, type LaneTopic } from "../../../../sim/actor_log/index/lanes.ts";

/** Of every topic. */
const PARTITIONS = 2;

interface Drawn {
  readonly topic: LaneTopic;
  readonly partition: number;
  readonly value: string | Uint8Array | null;
  readonly timestamp: number;
}

/** A log of so many records, and the runtime events of its run. */
export async function drawLog(
  random: Random,
  size: number,
): Promise<{ readonly log: EventLog; readonly events: readonly RuntimeEvent[] }> {
  const log = await openMemoryLog();
  const partitions = Object.fromEntries(LANE_TOPICS.map((topic) => [topic, PARTITIONS]));
  // Commands are stamped by whoever publishes here, so that their stamps can be drawn.
  await log.createTopics(
    topicSettings({ partitions }).map((topic) => ({ ...topic, timestampType: "create-time" })),
  );
  const draw = new Draw(random, size);
  for (let i = 0; i < size; i++) {
    const { topic, partition, value, timestamp } = draw.record();
    await log.publish([{ topic, partition, records: [{ key: "key", value, timestamp }] }]);
  }
  return { log, events: draw.events() };
}

/** A message of a topic, as a stranger may have written it. */
export function drawMessage(random: Random, topic: LaneTopic): Message {
  return new Draw(random, 200).message(topic, 0);
}

class Draw {
  readonly #random: Random;
  readonly #size: number;
  readonly #sequences = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  #time = 1_000;

  constructor(random: Random, size: number) {
    this.#random = random;
    this.#size = size;
  }

  record(): Drawn {
    this.#time += this.#below(3) - (this.#below(8) === 0 ? 5 : 0);
    const topic = this.#of(LANE_TOPICS);
    const partition = this.#below(PARTITIONS);
    const timestamp = Math.max(0, this.#time + (this.#below(40) === 0 ? 500 : 0));
    const value = this.#below(20) === 0
      ? this.#of([null, "{", "", "[1]", Uint8Array.of(0xff, 0x7b), `{"type":"price","id":"`])
      : encodeMessage(this.message(topic, partition));
    return { topic, partition, value, timestamp };
  }

  events(): readonly RuntimeEvent[] {
    return Array.from({ length: this.#below(this.#size / 2 + 1) }, (_, number): RuntimeEvent => {
      const common = { at: 990 + this.#below(this.#size * 2), number, actor: this.#of(ACTORS) };
      const partition = `${this.#of([...LANE_TOPICS, "nowhere"])}/${this.#below(PARTITIONS + 1)}`;
      const place = { partition, offset: this.#below(this.#size / 4) };
      const recovered = { partition, snapshotOffset: 0, committedOffset: place.offset, folded: 0 };
      return this.#of<RuntimeEvent>([
        { ...common, incarnation: 0, kind: "starting" },
        { ...common, incarnation: 0, kind: "commit", ...place },
        { ...common, incarnation: 0, kind: "snapshot", ...place, bytes: 1 },
        { ...common, incarnation: 0, kind: "recovered", ...recovered },
        { ...common, incarnation: 0, kind: "dead-letter", ...place, why: "malformed", error: "" },
        { ...common, incarnation: 0, kind: "fold-failed", ...place, error: "broken" },
      ]);
    });
  }

  message(topic: LaneTopic, partition: number): Message {
    switch (topic) {
      case "intents":
        return this.#intent();
      case "order-commands":
        return this.#below(2) === 0 ? this.#command() : {
          type: "release-order",
          userId: this.#of(USERS),
          orderNumber: 1,
          symbol: "AAPL",
          quantityLots: 1,
          ...this.#derived(topic, partition),
        };
      case "orders":
        return {
          type: "cancel-requested",
          ...this.#cancel(),
          ...this.#derived(topic, partition),
        };
      case "notifications":
        return {
          type: "cancel-missed",
          ...this.#cancel(),
          ...this.#derived(topic, partition),
        };
      case "market-data":
        return this.#below(3) === 0 ? this.#price() : {
          type: "quote",
          symbol: "AAPL",
          bidTicks: null,
          bidLots: 0,
          askTicks: null,
          askLots: 0,
          ...this.#derived(topic, partition),
        };
      case "dead-letters":
        return {
          type: "dead-letter",
          role: "order-gateway",
          topic: "orders",
          partition: 0,
          offset: 0,
          kind: "malformed",
          error: "so it is",
          key: null,
          valueBase64: null,
          valueBytes: 0,
          ...(this.#below(3) === 0 ? this.#source("poison/x") : this.#derived(topic, partition)),
        };
    }
  }

  #intent(): Message {
    const producer = this.#of(PRODUCERS);
    const number = this.#below(6) === 0 ? this.#below(9) : (this.#numbers.get(producer) ?? 0);
    this.#numbers.set(producer, number + 1);
    if (this.#below(8) === 0) {
      const id = `${producer}/acknowledged/${number}`;
      return { type: "intents-acknowledged", ...this.#source(id), producer, before: number };
    }
    const isText = this.#below(5) > 0;
    const command = this.#below(6) === 0 ? "}" : encodeMessage(this.#command(producer, number));
    return {
      type: "intent",
      ...this.#source(`${producer}/${number}`),
      producer,
      number,
      intendedAt: this.#time,
      partition: 0,
      key: this.#of([null, this.#of(USERS)]),
      value: isText ? command : btoa("no text"),
      encoding: isText ? "text" : "base64",
    };
  }

  #command(producer: string = this.#of(PRODUCERS), number = this.#below(this.#size / 8)): Message {
    const id = this.#below(10) === 0 ? this.#of(STRANGE_IDS) : `${producer}/${number}`;
    const userId = this.#of(USERS);
    const orderId = this.#of(ORDERS);
    return this.#of<Message>([
      { type: "place-order", ...this.#source(id), userId, orderId, symbol: "AAPL", price: 1.25e-7 },
      { type: "cancel-order", ...this.#source(id), userId, orderId, cancelId: "c" },
      { type: "deposit", ...this.#source(id), userId, depositId: "d", amount: -3.5 },
      { type: "open-account", ...this.#source(id), userId, commandId: "o", holdings: { id: "x" } },
    ]);
  }

  #cancel() {
    const [userId, orderId] = [this.#of(USERS), this.#of(ORDERS)];
    return { userId, orderId, orderNumber: 1, cancelId: "c", symbol: "AAPL" };
  }

  #price(): Message {
    const id = this.#of([...STRANGE_IDS, "prices/AAPL/1"]);
    return { type: "price", ...this.#source(id), symbol: "A", price: 1, producer: "p", number: 1 };
  }

  #source(id: string) {
    return { id, correlationId: this.#of(CORRELATIONS), timestamp: this.#time };
  }

  #derived(topic: LaneTopic, partition: number) {
    const origin = `${this.#of(LANE_TOPICS)}/${this.#below(PARTITIONS)}`;
    const channel = `${origin}>${topic}/${partition}`;
    const next = this.#sequences.get(channel) ?? 0;
    const sequence = this.#of([next, next, next, next, Math.max(0, next - 1), next + 3]);
    this.#sequences.set(channel, Math.max(next, sequence + 1));
    const id = this.#below(12) === 0
      ? this.#of(STRANGE_IDS)
      : `${origin}/${this.#below(this.#size / 9)}/${this.#below(3)}`;
    const correlationId = this.#of(CORRELATIONS);
    return { id, correlationId, causationId: "cause", sequence, timestamp: this.#time };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #of<T>(all: readonly T[]): T {
    return all[this.#below(all.length)]!; // Never empty.
  }
}

const ACTORS = ["order-gateway-0", "trading-engine-1", "gateways"] as const;
const PRODUCERS = ["load", "floor", "x/acknowledged"] as const;
const USERS = ["501", "502", "user ü", `u","userId":"no`] as const;
const ORDERS = ["1001", "1002", "1010", `o\\`, `","orderId":"no`] as const;
const CORRELATIONS = ["501/1001", "502/1001", "AAPL", "ü/1", `","id":"orders/0/1/0`] as const;
const STRANGE_IDS = [
  "orders/0/1/0/",
  "orders/7/0/0",
  "orders/0/99999999/0",
  "orders/00/001/0",
  "snapshots/0/0/0",
  "nowhere/0/0/0",
  "load/007",
  "load/99999",
  "/3",
  "3",
  `","id":"orders/0/0/0","correlationId":"`,
] as const;
