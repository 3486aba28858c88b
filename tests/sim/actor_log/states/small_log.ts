/**
 * A log with a floor in it, of one partition a topic, of which all other records are the test's own.
 */

import { join } from "node:path";
import { openFloor } from "../../../../actors/floor/open_floor.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import type { OrderMessage } from "../../../../kafka/messages/mod.ts";
import { type EventLogConfig, openEventLog } from "../../../../kafka/open_event_log.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { NOON, parametersOf } from "../views/step_floor.ts";

/** The open log, and where its states go. */
export class SmallLog implements AsyncDisposable {
  readonly parameters = parametersOf();
  readonly log: EventLog;
  readonly config: EventLogConfig;
  readonly folder: string;
  readonly file: string;

  private constructor(log: EventLog, config: EventLogConfig, folder: string) {
    this.log = log;
    this.config = config;
    this.folder = folder;
    this.file = join(folder, "states");
  }

  static async open(): Promise<SmallLog> {
    const folder = await Deno.makeTempDir({ prefix: "outcry-states-" });
    const config = { kind: "embedded", path: join(folder, "log.sqlite") } as const;
    const log = await openEventLog(config);
    const small = new SmallLog(log, config, folder);
    await openFloor(log, small.parameters, { clock: new FakeClock(NOON) });
    return small;
  }

  /** So many records in `order-commands` that are no messages. */
  async publishStrange(count: number): Promise<void> {
    const all = Array.from({ length: count }, (_, i) => ({ key: null, value: `strange ${i}` }));
    for (let at = 0; at < count; at += 1_000) {
      const records = all.slice(at, at + 1_000);
      await this.log.publish([{ topic: "order-commands", partition: 0, records }]);
    }
  }

  /** Orders as the gateway would accept them, with these numbers in their channel. */
  async publishOrders(sequences: readonly number[]): Promise<void> {
    const records = sequences.map((sequence) => {
      const order: OrderMessage = {
        type: "order-accepted",
        id: `order-commands/0/${sequence + 1}/0`,
        correlationId: `alice/${sequence}`,
        causationId: `c-${sequence}`,
        sequence,
        timestamp: NOON,
        userId: "alice",
        orderId: String(sequence),
        orderNumber: sequence,
        symbol: "AAPL",
        side: "buy",
        quantityLots: 1,
        limitTicks: 100 + sequence,
        budgetUnits: 1_000_000,
        timeInForce: "gtc",
        clientTimestamp: NOON,
      };
      return { key: "AAPL", value: JSON.stringify(order), timestamp: NOON };
    });
    await this.log.publish([{ topic: "orders", partition: 0, records }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}
