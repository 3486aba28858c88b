/**
 * The event log on a Kafka cluster, whatever client library speaks to it.
 *
 * @module
 */

import type {
  EventLog,
  GroupDescription,
  GroupMember,
  JoinOptions,
  LogReader,
  PartitionLag,
  PublishedBatch,
  RecordBatch,
  TopicDescription,
  TopicDrift,
  TopicPartitionOffset,
  TopicSettings,
} from "../event_log.ts";
import type { OpenEventLogOptions } from "../open_event_log.ts";
import { Availability } from "./availability.ts";
import type { ClusterLogConfig } from "./cluster_config.ts";
import { type ClusterMember, joinGroup } from "./cluster_member.ts";
import { ClusterNames } from "./cluster_names.ts";
import { ClusterReader } from "./cluster_reader.ts";
import { ClusterView } from "./cluster_view.ts";
import { describeGroup, groupLag } from "./group_queries.ts";
import { IdempotentProducer } from "./idempotent_producer.ts";
import type { KafkaClient } from "./kafka_client.ts";
import { closedError, toEventLogError } from "./log_errors.ts";
import { openClient } from "./open_client.ts";
import { PartitionFetcher } from "./partition_fetcher.ts";
import { PartitionPublisher } from "./partition_publisher.ts";
import { TopicAdministration } from "./topic_administration.ts";
import { watchedClient, watchedProducer } from "./watched_client.ts";

/** What a cluster log is made of. */
export interface ClusterLogParts {
  readonly topicPrefix: string;
  /** For all that does not wait long. The log closes it. */
  readonly control: KafkaClient;
  /** A fresh set of connections; nothing is connected before the first request. */
  readonly openClient: () => Promise<KafkaClient>;
  readonly onAvailability?: OpenEventLogOptions["onAvailability"];
}

/**
 * Opens a handle. The client's library is loaded, and nothing is connected yet: a log that is opened
 * during an outage is as good as any. `checkCluster` says beforehand whether the cluster can be used.
 * @throws {EventLogError} `log-unavailable` when the login or the certificates are not there
 */
export async function openClusterLog(
  config: ClusterLogConfig,
  { onAvailability }: Pick<OpenEventLogOptions, "onAvailability"> = {},
): Promise<EventLog> {
  let control: KafkaClient;
  try {
    control = await openClient(config);
  } catch (error) {
    throw toEventLogError(error, "open the log");
  }
  return new ClusterEventLog({
    topicPrefix: config.topicPrefix,
    control,
    openClient: () => openClient(config),
    ...(onAvailability === undefined ? {} : { onAvailability }),
  });
}

/** One handle of a cluster log. */
export class ClusterEventLog implements EventLog {
  readonly system = "kafka";
  readonly #closed = new AbortController();
  readonly #names: ClusterNames;
  readonly #openClient: () => Promise<KafkaClient>;
  readonly #view: ClusterView;
  readonly #topics: TopicAdministration;
  readonly #publisher: PartitionPublisher;
  readonly #members = new Set<ClusterMember>();
  readonly #readers = new Set<PartitionFetcher>();
  /** Connections that are being closed. */
  readonly #endings = new Set<Promise<unknown>>();
  /** For all that does not wait long. */
  readonly #control: KafkaClient;
  #closing: Promise<void> | null = null;

  constructor(parts: ClusterLogParts) {
    const closed = this.#closed.signal;
    const availability = new Availability((change) => parts.onAvailability?.(change), closed);
    this.#openClient = async () => watchedClient(await parts.openClient(), availability);
    this.#names = new ClusterNames(parts.topicPrefix);
    this.#control = watchedClient(parts.control, availability);
    const client = () => Promise.resolve(this.#control);
    this.#view = new ClusterView({ client, closed, availability });
    const shared = { view: this.#view, names: this.#names, closed };
    this.#topics = new TopicAdministration({ ...shared, client });
    this.#publisher = new PartitionPublisher({
      ...shared,
      openProducer: () =>
        availability.of("producer", async () => {
          const producer = await IdempotentProducer.open(await parts.openClient(), closed);
          return watchedProducer(producer, availability);
        }),
    });
  }

  createTopics(topics: readonly TopicSettings[]): Promise<void> {
    return this.#topics.create(topics);
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#topics.delete(names);
  }

  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]> {
    return this.#topics.describe(names);
  }

  partitionCount(topic: string): Promise<number> {
    return this.#topics.partitionCount(topic);
  }

  findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]> {
    return this.#topics.findDrift(wanted);
  }

  publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    return this.#publisher.publish(batches);
  }

  async join(options: JoinOptions): Promise<GroupMember> {
    this.#assertOpen(`join group "${options.group}"`);
    const member = await joinGroup(options, {
      openClient: this.#openClient,
      view: this.#view,
      names: this.#names,
      openFetcher: () => this.#newFetcher(),
      closed: this.#closed.signal,
    });
    this.#members.add(member);
    this.#awaitEnding(member.ended.finally(() => this.#members.delete(member)));
    return member;
  }

  async describeGroup(group: string): Promise<GroupDescription> {
    this.#assertOpen(`describe group "${group}"`);
    return await describeGroup(group, this.#queries());
  }

  async lag(group: string): Promise<readonly PartitionLag[]> {
    this.#assertOpen(`read the lag of group "${group}"`);
    return await groupLag(group, this.#queries());
  }

  openReader(positions: readonly TopicPartitionOffset[]): LogReader {
    this.#assertOpen("open a reader");
    const fetcher = this.#newFetcher();
    this.#readers.add(fetcher);
    return new ClusterReader(fetcher, positions, (closing) => {
      this.#readers.delete(fetcher);
      this.#awaitEnding(closing);
    });
  }

  /** A cluster cleans by itself, when it thinks fit. */
  async clean(): Promise<{ readonly removedRecords: number }> {
    await Promise.resolve();
    this.#assertOpen("clean the log");
    return { removedRecords: 0 };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#readers].map((fetcher) => fetcher.close()));
    // Members say to their groups that they leave, within a limit of their own.
    while (this.#endings.size > 0) await Promise.all(this.#endings);
    await this.#publisher.close();
    await this.#control.close();
  }

  #newFetcher(): PartitionFetcher {
    return new PartitionFetcher({
      view: this.#view,
      names: this.#names,
      openClient: this.#openClient,
      closed: this.#closed.signal,
    });
  }

  #queries(): Parameters<typeof groupLag>[1] {
    return {
      client: () => Promise.resolve(this.#control),
      view: this.#view,
      names: this.#names,
      closed: this.#closed.signal,
    };
  }

  #awaitEnding(ending: Promise<unknown>): void {
    const noted = ending.finally(() => this.#endings.delete(noted));
    this.#endings.add(noted);
  }

  #assertOpen(action: string): void {
    if (this.#closed.signal.aborted) throw closedError(action);
  }
}
