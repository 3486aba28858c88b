/**
 * Outcry's public API: what a scenario, an actor or a client is written with.
 *
 * {@link startFloor} starts a trading floor; {@link Floor.orders} and {@link Floor.marketData} are its
 * clients. {@link scenario} writes a session for `deno task sim` instead. {@link openEventLog} opens the
 * log alone, {@link decodeRecord} reads what is in it, and a {@link Fold} makes a state of it.
 *
 * Units: what goes in by a request, and portfolios, are decimals (prices, quantities, cash). Receipts,
 * notifications and records are integers: prices in ticks, quantities in lots, cash in units of
 * `10 ** -cashDecimals` (see {@link FloorParameters}). Times are milliseconds since the epoch.
 *
 * Failures: what the floor refuses is an {@link OrderRejectedError} or {@link CommandRejectedError} with
 * its reason from {@link REJECT_REASONS}; what cannot be sent at all is an {@link InvalidCommandError} or
 * {@link InvalidPriceError}; a floor that cannot go on is a {@link FloorFailedError}, a log that cannot
 * an {@link EventLogError}.
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
export type { FloorOptions } from "./actors/floor/start_floor.ts";
export type { AccountOption } from "./actors/floor/floor_clients.ts";
export { Floor } from "./actors/floor/floor.ts";
export { joinFloor } from "./actors/floor/join_floor.ts";
export { JoinedFloor } from "./actors/floor/joined_floor.ts";
export type { JoinFloorOptions } from "./actors/floor/join_floor.ts";
export type { InstanceOptions } from "./actors/floor/instances.ts";
export type { ActorControl, FloorEvents, FloorRuntime } from "./actors/floor/floor_control.ts";
export { FloorFailedError } from "./actors/floor/floor_failed_error.ts";
export type { ActorView } from "./actors/floor/actor_view.ts";
export { FloorParametersError } from "./actors/floor/floor_parameters.ts";
export type { FloorParameterOptions, SymbolOption } from "./actors/floor/floor_parameters.ts";
export type { FloorRestarts } from "./actors/floor/floor_tree.ts";
export { openFloor, readFloorParameters } from "./actors/floor/open_floor.ts";
export { NotificationRequestError } from "./actors/notifier/notification_position.ts";
export type { DeliveredNotification } from "./actors/notifier/user_notifications.ts";
export { MetricsPortError, serveMetrics } from "./actors/telemetry/serve_metrics.ts";
export type { MetricsEndpoint, MetricsOptions } from "./actors/telemetry/serve_metrics.ts";
export type { ObservedFloor } from "./actors/telemetry/floor_metrics.ts";
export { MetricRegistry } from "./actors/telemetry/metric_registry.ts";
export type {
  HistogramReading,
  Labels,
  MetricNaming,
  ReadHistogram,
  ReadMetric,
  Sample,
} from "./actors/telemetry/metric_registry.ts";
export type { RecordTrace } from "./actors/fold/record_trace.ts";
export type { MetricSource } from "./actors/telemetry/metric_source.ts";
export type { ConsumerRole, ProducerRole, Role } from "./actors/topology.ts";
export { TOPOLOGY } from "./actors/topology.ts";

// Its clients.
export { OrderClient } from "./actors/order_command_producer/order_client.ts";
export type {
  AccountReceipt,
  CancelReceipt,
  DepositReceipt,
  OrderReceipt,
  Receipt,
} from "./actors/order_command_producer/order_client.ts";
export type {
  AccountRequest,
  CancelRequest,
  ClientId,
  DepositRequest,
  OrderRequest,
} from "./actors/order_command_producer/client_commands.ts";
export {
  AnswerTimeoutError,
  CommandRejectedError,
  InvalidCommandError,
  OrderRejectedError,
} from "./actors/order_command_producer/order_errors.ts";
export type { InvalidCommandCode } from "./actors/order_command_producer/order_errors.ts";
export {
  InvalidPriceError,
  MarketDataPublisher,
} from "./actors/market_data_producer/market_data_publisher.ts";
export type { Pace } from "./actors/pacer.ts";
export type { PortfolioView, PositionView } from "./actors/portfolio_manager/portfolio_view.ts";

// The log under it.
export { openEventLog, openMemoryLog } from "./kafka/open_event_log.ts";
export type {
  EmbeddedLogConfig,
  EventLogConfig,
  MemoryLog,
  MemoryLogOptions,
  OpenEventLogOptions,
} from "./kafka/open_event_log.ts";
export type {
  CallMoment,
  FaultEffect,
  FaultPlace,
  FaultTerms,
  LogFault,
  LogFaultKind,
  LogFaultOf,
  LogOperation,
} from "./kafka/fault_injection/log_fault.ts";
export type { LogClock } from "./kafka/log_clock.ts";
export type { Latency, LogCallKind } from "./kafka/memory/latency.ts";
export type {
  ClusterLogConfig,
  KafkaClientName,
  SaslMechanism,
} from "./kafka/cluster/cluster_config.ts";
export type { Durability, LossPolicy } from "./kafka/embedded/log_file.ts";
export { EventLogError, PublishError } from "./kafka/event_log.ts";
export type {
  AvailabilityChange,
  CleanupPolicy,
  EventLog,
  EventLogErrorCode,
  FetchedBatch,
  GroupDescription,
  GroupMember,
  GroupPoll,
  JoinOptions,
  LogReader,
  LogRecord,
  LostRecords,
  PartitionLag,
  PollOptions,
  PublishedBatch,
  RecordBatch,
  RecordToPublish,
  TimestampType,
  TopicDescription,
  TopicDrift,
  TopicPartition,
  TopicPartitionOffset,
  TopicSettings,
} from "./kafka/event_log.ts";
export { TOPIC_NAMES, TOPICS, topicSettings } from "./kafka/topics.ts";
export type { TopicName } from "./kafka/topics.ts";

// What travels over it.
export {
  decodeRecord,
  DEFAULT_GATEWAY_LIMITS,
  encodeMessage,
  isAnswer,
  REJECT_REASONS,
} from "./kafka/messages/mod.ts";
export type {
  AccountOpened,
  AccountRejected,
  Answer,
  CancelAccepted,
  CancelMissed,
  CancelOrder,
  CancelRejected,
  CancelRequested,
  DeadLetter,
  Decoded,
  Deposit,
  DepositAccepted,
  DepositRejected,
  DerivedEnvelope,
  Envelope,
  FloorOpened,
  FloorParameters,
  GatewayLimits,
  Intent,
  IntentMessage,
  IntentsAcknowledged,
  MarketData,
  Message,
  MessageTopic,
  Notification,
  OpenAccount,
  OrderAccepted,
  OrderCancelled,
  OrderCommand,
  OrderFilled,
  OrderMessage,
  OrderPlaced,
  OrderRejected,
  PlaceOrder,
  Price,
  Quote,
  RejectReason,
  ReleaseOrder,
  SettleFill,
  Side,
  SourceEnvelope,
  SymbolSpec,
  TimeInForce,
  TopicMessages,
  Trade,
} from "./kafka/messages/mod.ts";

// Actors of one's own.
export type {
  Body,
  Fold,
  FoldContext,
  FoldInput,
  Outbox,
  OutputTopic,
} from "./actors/fold/fold.ts";
export {
  DEFAULT_PARTITION_COUNTS,
  PartitionFold,
  SequenceGapError,
} from "./actors/fold/partition_fold.ts";
export type {
  FoldCounters,
  PartitionCounts,
  PartitionFoldOptions,
} from "./actors/fold/partition_fold.ts";
export { packState, type UnpackedState, unpackState } from "./actors/fold/state_bytes.ts";
export type { ActorHost, ActorSurroundings, HostedActor } from "./actors/floor/actor_host.ts";
export type {
  Actor,
  ActorFactory,
  ActorReport,
  ActorStart,
  ActorStep,
  DataSender,
  StepPlace,
  SuspendOptions,
} from "./actors/runtime/actor.ts";
export type {
  ActorHandle,
  DataListener,
  Down,
  HandleLimits,
} from "./actors/runtime/actor_handle.ts";
export type { ChildSpec, Strategy, SupervisorSpec } from "./actors/runtime/child_spec.ts";
export type { Clock } from "./actors/runtime/clock.ts";
export { systemClock } from "./actors/runtime/clock.ts";
export type {
  FaultTaker,
  InjectedFault,
  InjectedFaults,
} from "./actors/runtime/injected_faults.ts";
export { ActorCallError, RemoteError } from "./actors/runtime/plain_error.ts";
export type { ActorCallErrorCode, PlainError } from "./actors/runtime/plain_error.ts";
export type { BackoffPolicy, RestartPolicy, RestartType } from "./actors/runtime/restart_policy.ts";
export type { EventSource, RuntimeEventSink } from "./actors/runtime/event_stream.ts";
export type {
  DownReason,
  RuntimeEvent,
  RuntimeEventBody,
} from "./actors/runtime/runtime_events.ts";
export type { Random } from "./actors/seeded_random.ts";
export { seededRandom } from "./actors/seeded_random.ts";

// Scenarios.
export { scenario, ScenarioError } from "./sim/scenario.ts";
export type { Scenario } from "./sim/scenario.ts";
export type { FaultDefinition } from "./sim/faults/fault_definition.ts";
export type {
  AccountDefinition,
  CrowdDefinition,
  Duration,
  FlowDefinition,
  HappeningDefinition,
  MarketDefinition,
  MixDefinition,
  PhaseDefinition,
  PriceModelDefinition,
  ScenarioDefinition,
  SymbolDefinition,
} from "./sim/scenario_definition.ts";

// Stepping through a run.
export { openActorLog } from "./sim/actor_log/open_actor_log.ts";
export type { IndexProgress, OpenActorLogOptions } from "./sim/actor_log/open_actor_log.ts";
export type { ActorLog, Cause, EntryFilter, RunFacts, Search } from "./sim/actor_log/actor_log.ts";
export { UnreadableRunError } from "./sim/find_run.ts";
export { formatPlace, parsePlace } from "./sim/actor_log/record_place.ts";
export type { RecordPlace } from "./sim/actor_log/record_place.ts";
export type {
  Entry,
  Finding,
  ReadRecord,
  SentMessage,
  Step,
  StepOutcome,
  StepOwner,
} from "./sim/actor_log/step.ts";
export type {
  EntriesWanted,
  EventsWanted,
  IndexedOrder,
  IndexEntry,
  RunIndex,
} from "./sim/actor_log/index/run_index.ts";
export type {
  Ladder,
  LadderLevel,
  RestingOrder,
  StateValue,
  StateView,
} from "./sim/actor_log/views/state_view.ts";
export type {
  SupervisedActor,
  SupervisionTree,
  SupervisorSeen,
} from "./sim/actor_log/views/supervision.ts";
export type {
  RawAccount,
  RawAnswer,
  RawBook,
  RawGateway,
  RawGatewayPartition,
  RawHolding,
  RawId,
  RawLiveOrder,
  RawPortfolio,
  RawPosition,
  RawRestingOrder,
  RawView,
} from "./sim/actor_log/views/raw_view.ts";
export type { ClusterValues } from "./sim/command_line/cluster_arguments.ts";
export { decisionOf } from "./sim/actor_log/views/decision.ts";
export type { Decision, DecisionContext } from "./sim/actor_log/views/decision.ts";
export { differenceOf } from "./sim/actor_log/views/difference.ts";
export type { Change } from "./sim/actor_log/views/difference.ts";
export { eventSentence } from "./sim/actor_log/views/event_sentence.ts";
export { messageLine } from "./sim/actor_log/views/message_line.ts";
export { unitsOf } from "./sim/actor_log/views/units.ts";
export type { PlainUnits, Units } from "./sim/actor_log/views/units.ts";
export { Instruments } from "./actors/instruments.ts";
export type { Instrument } from "./actors/instruments.ts";
