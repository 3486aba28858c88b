/**
 * What a program sends to a floor and asks it with: the floor's own clients, and its server.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters, RejectReason } from "../../kafka/messages/mod.ts";
import { MarketDataPublisher } from "../market_data_producer/market_data_publisher.ts";
import { NotificationHub } from "../notifier/notification_hub.ts";
import { startNotificationServer } from "../notifier/notification_server.ts";
import { AnswerListener } from "../order_command_producer/answer_listener.ts";
import { OrderClient } from "../order_command_producer/order_client.ts";
import {
  AnswerTimeoutError,
  CommandRejectedError,
} from "../order_command_producer/order_errors.ts";
import type { Pace } from "../pacer.ts";
import type { Clock } from "../runtime/clock.ts";

/** An account to open. Decimals. */
export interface AccountOption {
  /** Not empty, at most 128 characters. */
  readonly userId: string;
  /** What it begins with. */
  readonly cash: number;
  /** Quantity by symbol. */
  readonly holdings?: Readonly<Record<string, number>>;
}

/** A floor's clients. */
export interface FloorClients {
  readonly orders: OrderClient;
  readonly marketData: MarketDataPublisher;
  readonly notificationsUrl: string | null;
}

/** The name under which a floor's own clients send. */
const CLIENT = "floor";

/** Opens the clients one after another; whoever has `opened` closes them in reverse. */
export async function openClients(
  opened: AsyncDisposableStack,
  { log, clock, parameters, outOfReachMs, marketDataPace, notificationsPort }: {
    readonly log: EventLog;
    /** How long in all the log has been out of reach; undefined: it never is. */
    readonly outOfReachMs?: (() => number) | undefined;
    readonly clock: Clock;
    readonly parameters: FloorParameters;
    readonly marketDataPace?: Pace | undefined;
    readonly notificationsPort?: number | undefined;
  },
): Promise<FloorClients> {
  const answers = opened.use(
    await AnswerListener.open({
      log,
      clock,
      producer: CLIENT,
      ...(outOfReachMs === undefined ? {} : { outOfReachMs }),
    }),
  );
  // The last partition, since a session's producers take theirs from the first on: in a partition of
  // its own a client finds its intents without reading past theirs.
  const instance = await log.partitionCount("intents") - 1;
  const orders = opened.use(
    await OrderClient.open({ log, clock, answers, producer: CLIENT, instance }),
  );
  const marketData = opened.use(
    await MarketDataPublisher.open({
      log,
      clock,
      producer: CLIENT,
      symbols: parameters.symbols.map(({ symbol }) => symbol),
      ...(marketDataPace === undefined ? {} : { pace: marketDataPace }),
    }),
  );
  if (notificationsPort === undefined) return { orders, marketData, notificationsUrl: null };
  const server = serveNotifications(log, clock, notificationsPort);
  opened.defer(() => server.close());
  return { orders, marketData, notificationsUrl: server.url };
}

/**
 * The notifier's server stands in the caller's thread, not in a notifier's worker: a worker that hangs
 * cannot be stopped, and would keep the port from its successor.
 */
function serveNotifications(log: EventLog, clock: Clock, port: number) {
  const hub = new NotificationHub({ log, clock });
  const server = startNotificationServer({ hub, clock, port });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await hub.close();
    },
  };
}

/** Accounts opened at a time. */
const ACCOUNTS_AT_ONCE = 500;

/**
 * How often an opening is sent that is not answered: while gateways are still joining, or are those of
 * a process that is yet to come.
 */
const OPENING_ATTEMPTS = 4;

/**
 * Opens accounts; one that is open already stays as it is.
 *
 * @throws {CommandRejectedError} when the floor refuses one
 * @throws {AnswerTimeoutError} when no gateway answers
 */
export async function openAccounts(
  orders: OrderClient,
  accounts: readonly AccountOption[],
): Promise<void> {
  for (let at = 0; at < accounts.length; at += ACCOUNTS_AT_ONCE) {
    const some = accounts.slice(at, at + ACCOUNTS_AT_ONCE);
    await Promise.all(
      some.map((account) => openAccount(orders, account).catch(unlessOpen)),
    );
  }
}

async function openAccount(
  orders: OrderClient,
  { userId, cash, holdings = {} }: AccountOption,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      // Sent again under its id, it is the same command.
      await orders.openAccount({ userId, commandId: "open", cash, holdings });
      return;
    } catch (error) {
      if (!(error instanceof AnswerTimeoutError) || attempt === OPENING_ATTEMPTS) throw error;
    }
  }
}

/** Answers to an opening that say: this account is open already, and stays as it is. */
const OPEN_ALREADY: readonly RejectReason[] = ["account-exists", "id-conflict"];

function unlessOpen(error: unknown): void {
  if (error instanceof CommandRejectedError && OPEN_ALREADY.includes(error.reason)) return;
  throw error;
}
