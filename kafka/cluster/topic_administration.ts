/**
 * Topics of a cluster: made, found, compared, deleted.
 *
 * @module
 */

import {
  EventLogError,
  type TopicDescription,
  type TopicDrift,
  type TopicSettings,
} from "../event_log.ts";
import { describeDifferences, findTopicDrift } from "../topic_drift.ts";
import { checkTopicSettings, MAX_NAME_LENGTH } from "../topic_rules.ts";
import type { ClusterNames } from "./cluster_names.ts";
import { OUTAGE_PATIENCE_MS, PROGRESS_INTERVAL_MS } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import {
  type ClientPartition,
  type KafkaClient,
  KafkaClientError,
  type TopicMetadata,
} from "./kafka_client.ts";
import { closedError, toEventLogError } from "./log_errors.ts";
import { patiently, wait } from "./patience.ts";
import { clusterDifferences, creationOf, settingsOf, type TopicConfigs } from "./topic_settings.ts";

/** What the administration works with. */
export interface AdministrationParts {
  readonly view: ClusterView;
  readonly names: ClusterNames;
  /** The log's control connections. */
  readonly client: () => Promise<KafkaClient>;
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal;
}

/** A topic of this log as it exists. */
interface FoundTopic {
  readonly settings: TopicSettings;
  readonly metadata: TopicMetadata;
  readonly configs: TopicConfigs;
}

/** Topics by their names in the log. */
export class TopicAdministration {
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
  }

  /** @throws {EventLogError} `invalid-topic`, `topic-drift`; then nothing was created */
  async create(topics: readonly TopicSettings[]): Promise<void> {
    for (const topic of topics) this.#checkSettings(topic);
    await this.#patiently("create topics", async (client) => {
      const names = topics.map(({ name }) => this.#parts.names.topic(name));
      const { found, brokers } = await this.#find(client, names);
      const byName = new Map(found.map((each) => [each.settings.name, each.settings]));
      for (const topic of topics) checkDrift(topic, byName.get(topic.name));
      const missing = topics.filter(({ name }) => !byName.has(name)).map((topic) =>
        creationOf(topic, this.#parts.names.topic(topic.name), brokers)
      );
      if (missing.length > 0) await createUnlessThere(client, missing);
      await this.#untilLed(client, names);
    });
    this.#parts.view.invalidate();
  }

  /** @throws {EventLogError} `unknown-topic` when one is not there; then none was deleted */
  async delete(topics: readonly string[]): Promise<void> {
    const names = [...new Set(topics)].map((name) => this.#parts.names.topic(name));
    if (names.length === 0) return;
    let asked = false;
    await this.#patiently("delete topics", async (client) => {
      const there = (await client.metadata(names)).topics.map(({ topic }) => topic);
      // On a later attempt an earlier one may have done it.
      if (!asked) this.#checkThere(names, there);
      asked = true;
      if (there.length > 0) await deleteWhatIsThere(client, there);
      while ((await client.metadata(names)).topics.length > 0) await this.#pause();
    });
    this.#parts.view.invalidate();
  }

  /** All topics of this log, or those of these names that exist. */
  async describe(topics?: readonly string[]): Promise<readonly TopicDescription[]> {
    return await this.#patiently("describe topics", async (client) => {
      const names = topics?.map((name) => this.#parts.names.topic(name)) ?? "all";
      const { found } = await this.#find(client, names);
      const offsets = await this.#offsets(client, found.map(({ metadata }) => metadata));
      return found.map(({ settings, metadata: { topic, partitions } }) => ({
        ...settings,
        offsets: partitions.map(({ partition }) => ({
          start: offsets.start.get(placeName({ topic, partition }))!,
          end: offsets.end.get(placeName({ topic, partition }))!,
        })),
      }));
    });
  }

  /** @throws {EventLogError} `unknown-topic` */
  async partitionCount(topic: string): Promise<number> {
    const action = `count the partitions of "${topic}"`;
    const count = await this.#patiently(
      action,
      () => this.#parts.view.partitionsOf(this.#parts.names.topic(topic)),
    );
    if (count !== null) return count;
    throw new EventLogError("unknown-topic", `Cannot ${action}: there is no topic "${topic}"`);
  }

  /** The settings' differences, and those that only a cluster has. */
  async findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]> {
    return await this.#patiently("compare topics", async (client) => {
      const names = wanted.map(({ name }) => this.#parts.names.topic(name));
      const { found, brokers } = await this.#find(client, names);
      const drift = findTopicDrift(wanted, found.map(({ settings }) => settings));
      const ofCluster = found.flatMap(({ settings, metadata, configs }) =>
        clusterDifferences(metadata, configs, brokers).map((difference) => ({
          topic: settings.name,
          kind: "different" as const,
          difference,
        }))
      );
      return [...drift, ...ofCluster];
    });
  }

  #checkSettings(topic: TopicSettings): void {
    checkTopicSettings(topic);
    const { length } = this.#parts.names.topic(topic.name);
    if (length <= MAX_NAME_LENGTH) return;
    throw new EventLogError(
      "invalid-topic",
      `Cannot create topic "${topic.name}": with the log's prefix its name has ${length} ` +
        `characters, and at most ${MAX_NAME_LENGTH} are allowed`,
    );
  }

  #checkThere(names: readonly string[], there: readonly string[]): void {
    const missing = names.find((name) => !there.includes(name));
    if (missing === undefined) return;
    const name = this.#parts.names.logicalTopic(missing);
    throw new EventLogError("unknown-topic", `Cannot delete "${name}": there is no such topic`);
  }

  async #find(
    client: KafkaClient,
    names: readonly string[] | "all",
  ): Promise<{ readonly found: readonly FoundTopic[]; readonly brokers: number }> {
    const { topics, brokers } = await client.metadata(names);
    const own = topics.flatMap((metadata) => {
      const name = this.#parts.names.logicalTopic(metadata.topic);
      return name === null ? [] : { name, metadata };
    });
    const configs = own.length === 0
      ? new Map<string, TopicConfigs>()
      : await client.describeTopicConfigs(own.map(({ metadata }) => metadata.topic));
    const found = own.flatMap(({ name, metadata }) => {
      const its = configs.get(metadata.topic);
      // Deleted in between.
      if (its === undefined) return [];
      return { settings: settingsOf(name, metadata, its), metadata, configs: its };
    });
    return { found, brokers: brokers.length };
  }

  async #offsets(
    client: KafkaClient,
    topics: readonly TopicMetadata[],
  ): Promise<{ readonly start: Map<string, number>; readonly end: Map<string, number> }> {
    const byLeader = new Map<number, ClientPartition[]>();
    for (const { topic, partitions } of topics) {
      for (const { partition, leader } of partitions) {
        if (leader < 0) throw leaderless({ topic, partition });
        byLeader.set(leader, [...byLeader.get(leader) ?? [], { topic, partition }]);
      }
    }
    const start = new Map<string, number>();
    const end = new Map<string, number>();
    await Promise.all([...byLeader].map(async ([leader, places]) => {
      for (const each of await client.listOffsets(leader, places, "earliest")) {
        start.set(placeName(each), each.offset);
      }
      for (const each of await client.listOffsets(leader, places, "latest")) {
        end.set(placeName(each), each.offset);
      }
    }));
    return { start, end };
  }

  /** @throws {KafkaClientError} `CLOSED` when the log is closed meanwhile */
  async #untilLed(client: KafkaClient, names: readonly string[]): Promise<void> {
    const isLed = ({ partitions }: TopicMetadata) =>
      partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
    for (;;) {
      const { topics } = await client.metadata(names);
      if (topics.length === new Set(names).size && topics.every(isLed)) return;
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await wait(PROGRESS_INTERVAL_MS, this.#parts.closed);
    if (!this.#parts.closed.aborted) return;
    throw new KafkaClientError("CLOSED", "the log was closed", { retriable: false });
  }

  async #patiently<T>(action: string, work: (client: KafkaClient) => Promise<T>): Promise<T> {
    const { client, closed } = this.#parts;
    if (closed.aborted) throw closedError(action);
    try {
      return await patiently(async () => await work(await client()), {
        forMs: OUTAGE_PATIENCE_MS,
        signal: closed,
        onFailure: () => this.#parts.view.invalidate(),
      });
    } catch (error) {
      throw toEventLogError(error, action);
    }
  }
}

function checkDrift(wanted: TopicSettings, found: TopicSettings | undefined): void {
  if (found === undefined) return;
  const differences = describeDifferences(wanted, found);
  if (differences.length === 0) return;
  throw new EventLogError(
    "topic-drift",
    `Cannot create topic "${wanted.name}": it exists and ${differences.join(", ")}`,
  );
}

/**
 * What another attempt may find otherwise: someone else has created the same, and then it is compared;
 * or brokers that were counted a moment ago are not there now, and will be again.
 */
const PASSING: ReadonlySet<string> = new Set([
  "TOPIC_ALREADY_EXISTS",
  "INVALID_REPLICATION_FACTOR",
]);

async function createUnlessThere(
  client: KafkaClient,
  topics: Parameters<KafkaClient["createTopics"]>[0],
): Promise<void> {
  try {
    await client.createTopics(topics);
  } catch (error) {
    if (!(error instanceof KafkaClientError) || !PASSING.has(error.type)) throw error;
    throw new KafkaClientError(error.type, error.message, { retriable: true, cause: error });
  }
}

async function deleteWhatIsThere(client: KafkaClient, topics: readonly string[]): Promise<void> {
  try {
    await client.deleteTopics(topics);
  } catch (error) {
    if (error instanceof KafkaClientError && error.type.startsWith("UNKNOWN_TOPIC")) return;
    throw error;
  }
}

function leaderless({ topic, partition }: ClientPartition): KafkaClientError {
  return new KafkaClientError(
    "LEADER_NOT_AVAILABLE",
    `partition "${topic}"/${partition} has no leader now`,
    { retriable: true },
  );
}

function placeName({ topic, partition }: ClientPartition): string {
  return `${topic}/${partition}`;
}
