/**
 * Outcry's public API: what a scenario, an actor or a client is written with.
 *
 * @example A floor in memory, an order, and what became of it
 * ```ts
 * import assert from "node:assert/strict";
 * import { startFloor } from "./mod.ts";
 *
 * await using floor = await startFloor({
 *   log: "memory",
 *   symbols: ["AAPL", { symbol: "GOOGL", tickSize: 0.01, lotSize: 1 }],
 *   accounts: [
 *     { userId: "501", cash: 1_000_000 },
 *     { userId: "502", cash: 0, holdings: { AAPL: 100 } },
 *   ],
 * });
 * const receipt = await floor.orders.sendOrder({
 *   orderId: "1001", userId: "501", symbol: "AAPL", quantity: 10, side: "buy", price: 189.5,
 * });
 * assert.equal(receipt.duplicate, false);
 * await floor.orders.sendOrder({
 *   orderId: "1", userId: "502", symbol: "AAPL", quantity: 10, side: "sell", price: 189.5,
 * });
 * await floor.idle();
 * assert.equal((await floor.portfolio("501"))?.cash, 998_105);
 * ```
 *
 * @module
 */

// The floor.
export { startFloor } from "./actors/floor/start_floor.ts";
export type { AccountOption, FloorOptions } from "./actors/floor/start_floor.ts";
export { Floor, FloorFailedError } from "./actors/floor/floor.ts";
export type { ActorControl, ActorView } from "./actors/floor/floor.ts";
export { FloorParametersError } from "./actors/floor/floor_parameters.ts";
export type { SymbolOption } from "./actors/floor/floor_parameters.ts";
export { openFloor, readFloorParameters } from "./actors/floor/open_floor.ts";
export type { ConsumerRole, ProducerRole, Role } from "./actors/topology.ts";
export { TOPOLOGY } from "./actors/topology.ts";

// Its clients.
export { OrderClient } from "./actors/order_command_producer/order_client.ts";
export type {
  AccountReceipt,
  CancelReceipt,
  DepositReceipt,
  OrderReceipt,
} from "./actors/order_command_producer/order_client.ts";
export type {
  AccountRequest,
  CancelRequest,
  DepositRequest,
  OrderRequest,
} from "./actors/order_command_producer/client_commands.ts";
export {
  AnswerTimeoutError,
  CommandRejectedError,
  InvalidCommandError,
  OrderRejectedError,
} from "./actors/order_command_producer/order_errors.ts";
export {
  InvalidPriceError,
  MarketDataPublisher,
} from "./actors/market_data_producer/market_data_publisher.ts";
export type { PortfolioView, PositionView } from "./actors/portfolio_manager/portfolio_view.ts";

// The log under it.
export { openEventLog, openMemoryLog } from "./kafka/open_event_log.ts";
export type { EventLogConfig } from "./kafka/open_event_log.ts";
export { EventLogError, PublishError } from "./kafka/event_log.ts";
export type {
  EventLog,
  FetchedBatch,
  GroupMember,
  GroupPoll,
  LogReader,
  LogRecord,
  RecordBatch,
  RecordToPublish,
  TopicPartition,
  TopicPartitionOffset,
} from "./kafka/event_log.ts";
export { TOPIC_NAMES, TOPICS, topicSettings } from "./kafka/topics.ts";
export type { TopicName } from "./kafka/topics.ts";
export { decodeRecord, encodeMessage, isAnswer } from "./kafka/messages/mod.ts";
export type {
  Answer,
  GatewayLimits,
  MarketData,
  Message,
  Notification,
  OrderCommand,
  OrderMessage,
  RejectReason,
  Side,
} from "./kafka/messages/mod.ts";

// Actors of one's own.
export type { Fold, FoldContext, FoldInput, Outbox } from "./actors/fold/fold.ts";
export type { Actor, ActorFactory, ActorReport, ActorStart } from "./actors/runtime/actor.ts";
export type { Clock } from "./actors/runtime/clock.ts";
export { systemClock } from "./actors/runtime/clock.ts";
export type { ChildSpec, SupervisorSpec } from "./actors/runtime/child_spec.ts";
export type { RuntimeEvent } from "./actors/runtime/runtime_events.ts";
export { seededRandom } from "./actors/seeded_random.ts";

// Scenarios.
export { scenario, ScenarioError } from "./sim/scenario.ts";
export type { Scenario } from "./sim/scenario.ts";
