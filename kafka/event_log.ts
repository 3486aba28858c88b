/**
 * The event log: how messages travel and stay.
 *
 * One interface for every transport. A log holds topics; a topic holds a fixed number of partitions;
 * a partition is an append-only sequence of records, each with an offset. Order is promised within a
 * partition and nowhere else. Consumers share a topic's partitions as members of a group, or read
 * without a group through a {@link LogReader}.
 *
 * Every implementation passes the same contract suite (`tests/kafka/event_log_contract.ts`).
 *
 * @module
 */

/** One partition of one topic. */
export interface TopicPartition {
  /** The topic's name. */
  readonly topic: string;
  /** Counted from 0. */
  readonly partition: number;
}

/** A place in a partition: the offset of the next record to be read or committed. */
export interface TopicPartitionOffset extends TopicPartition {
  /** Counted from 0; every record of a partition has one of its own. */
  readonly offset: number;
}

/** A record as a sender hands it over. `value: null` is a tombstone on a compacted topic. */
export interface RecordToPublish {
  /** What compaction goes by, and by convention what chose the partition. */
  readonly key: string | null;
  /** Text is stored as UTF-8. */
  readonly value: string | Uint8Array | null;
  /** Text beside the value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch by the sender's clock. A topic stamped by the log ignores it. */
  readonly timestamp?: number;
}

/** Records for one partition: the unit of publishing and of storage. */
export interface RecordBatch extends TopicPartition {
  /** Appended in this order, at offsets without a gap. */
  readonly records: readonly RecordToPublish[];
}

/** What the log says of a batch that it has made durable. */
export interface PublishedBatch extends TopicPartition {
  /** The offset of its first record. */
  readonly baseOffset: number;
  /** How many records it has. */
  readonly count: number;
}

/** A record as it is read back. */
export interface LogRecord {
  /** The topic that it is in. */
  readonly topic: string;
  /** The partition that it is in. */
  readonly partition: number;
  /** Its place in the partition. */
  readonly offset: number;
  /** Milliseconds since the epoch: the log's stamp or the sender's, as the topic's table says. */
  readonly timestamp: number;
  /** Keys are UTF-8 text; bytes that are not are read with U+FFFD in their place. */
  readonly key: string | null;
  /** The bytes as they were published; null for a tombstone. */
  readonly value: Uint8Array | null;
  /** The value as text; null for a tombstone and for bytes that are not UTF-8. */
  readonly text: string | null;
  /** As they were published; empty without any. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Records of one partition, in order. Where a batch is cut means nothing. */
export interface FetchedBatch extends TopicPartition {
  /** In offset order. A compacted or expired record leaves a hole. Never empty. */
  readonly records: readonly LogRecord[];
  /** The offset after the last one fetched: where to read on. */
  readonly nextOffset: number;
  /** The partition's end when it was fetched: the offset that the next append will get. */
  readonly endOffset: number;
  /**
   * Gives the memory of the records' bytes back at once, rather than when the collector comes by: for
   * whoever reads more than fits. Nothing of the records may be looked at afterwards. Left out: there is
   * nothing to give back.
   */
  readonly release?: () => void;
}

/** Limits of one poll. It returns as soon as anything is there, at the latest after `timeoutMs`. */
export interface PollOptions {
  /** How long it may wait for the first record; 0 takes what is there. */
  readonly timeoutMs: number;
  /** At most about this many records; a stored batch may be delivered whole. Default 1000. */
  readonly maxRecords?: number;
  /** Ends the wait early; the poll then returns what it has. */
  readonly signal?: AbortSignal;
}

/** What a group member is told by a poll. */
export type GroupPoll =
  /** One batch a partition at most. */
  | { readonly kind: "records"; readonly batches: readonly FetchedBatch[] }
  | {
    /**
     * The assignment changed. Work of revoked partitions must be dropped: their commits are refused.
     * A member that has been expelled (heartbeat expired) is told so by losing everything, and joins
     * again by itself at the next poll.
     */
    readonly kind: "assignment";
    readonly generation: number;
    readonly assigned: readonly TopicPartition[];
    readonly revoked: readonly TopicPartition[];
    readonly assignment: readonly TopicPartition[];
  };

/** How a member joins a group. */
export interface JoinOptions {
  /** Made by its first member. */
  readonly group: string;
  /** Whose partitions are to be shared with the other members. */
  readonly topics: readonly string[];
  /**
   * The member's lasting name. One that joins under a name already in the group takes the place of
   * that member at once, and fences it, where the transport knows lasting names.
   */
  readonly instanceId: string;
  /** Expelled when not heard of for so long. Default 10_000. */
  readonly sessionTimeoutMs?: number;
}

/** A member of a consumer group. Not for use by two callers at a time. */
export interface GroupMember {
  /** The group's name. */
  readonly group: string;
  /** Given by the group, and another one after every join. */
  readonly memberId: string;
  /** The generation of the assignment last told by {@link poll}; 0 before the first. */
  readonly generation: number;
  /** The partitions last told by {@link poll}. */
  readonly assignment: readonly TopicPartition[];
  /**
   * Waits for records of the assigned partitions or a change of assignment. The first poll tells the
   * first assignment. Reading starts at the committed offset (else at the partition's start) unless
   * {@link seek} says otherwise. Counts as a heartbeat.
   */
  poll(options: PollOptions): Promise<GroupPoll>;
  /** Reads an assigned partition from `offset` next. @throws {EventLogError} `not-assigned` */
  seek(position: TopicPartitionOffset): void;
  /** The committed offset of each assigned partition; 0 where nothing was committed yet. */
  committed(): Promise<readonly TopicPartitionOffset[]>;
  /**
   * Commits the offsets of the next records to be read.
   * @throws {EventLogError} `fenced-generation` when the group has gone on to another generation, or
   * the partition is not this member's: nothing of the call is committed.
   */
  commit(offsets: readonly TopicPartitionOffset[]): Promise<void>;
  /** Says "still here" during long work between polls. */
  heartbeat(): Promise<void>;
  /** Leaves the group, which hands its partitions to the others at once. Idempotent. */
  leave(): Promise<void>;
}

/** Reads partitions without a group. Not for use by two callers at a time. */
export interface LogReader {
  /** Where it reads on, for each of its partitions. */
  readonly positions: readonly TopicPartitionOffset[];
  /** One batch a partition at most. An empty array when nothing came before the timeout. */
  poll(options: PollOptions): Promise<readonly FetchedBatch[]>;
  /** Reads one of its partitions from `offset` next. @throws {EventLogError} `not-assigned` */
  seek(position: TopicPartitionOffset): void;
  /** Ends a poll that waits. Idempotent. */
  close(): void;
}

/** Who stamps a topic's records: the log at the append, or the sender. */
export type TimestampType = "log-append-time" | "create-time";

/** How a topic forgets. `keep` never does; `compact` keeps the last record of every key. */
export type CleanupPolicy = "keep" | "delete" | "compact";

/** A topic's settings, as wanted or as found. */
export interface TopicSettings {
  /** 1 to 249 of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`. */
  readonly name: string;
  /** A fixed number, at least 1. */
  readonly partitions: number;
  /** How it forgets. */
  readonly cleanup: CleanupPolicy;
  /** Records older than this may go when `cleanup` is `delete`; null otherwise. */
  readonly retentionMs: number | null;
  /** Who stamps its records. */
  readonly timestampType: TimestampType;
}

/** One way in which a topic is otherwise than wanted. */
export interface TopicDrift {
  /** The wanted topic's name. */
  readonly topic: string;
  /** `missing`: wanted and not there. `different`: there, with another setting. */
  readonly kind: "missing" | "different";
  /** In words, such as `has 3 partitions instead of 6`. */
  readonly difference: string;
}

/** A topic as it exists. */
export interface TopicDescription extends TopicSettings {
  /** One entry a partition, in order. */
  readonly offsets: readonly { readonly start: number; readonly end: number }[];
}

/** How far a group is behind in one partition. */
export interface PartitionLag extends TopicPartitionOffset {
  /** The offset that the next append will get. */
  readonly endOffset: number;
  /** Records between the committed offset and the end; holes of compaction count. */
  readonly lag: number;
}

/** What a group looks like from outside. */
export interface GroupDescription {
  /** Its name. */
  readonly group: string;
  /** Grows with every change of the assignment; 0 when nobody ever joined. */
  readonly generation: number;
  /** Who is in it now, and what each reads. */
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string;
    readonly assignment: readonly TopicPartition[];
  }[];
}

/** A durable, partitioned log of records. */
export interface EventLog extends AsyncDisposable {
  /** What telemetry calls it, such as `kafka`; left out: a log of our own. */
  readonly system?: string;
  /**
   * Whether readers are handed what was published, so that a message may travel with its record
   * (`carried_message.ts`). Left out: they are not.
   */
  readonly carriesMessages?: boolean;
  /** Creates what is missing. @throws {EventLogError} `topic-drift` when one exists otherwise. */
  createTopics(topics: readonly TopicSettings[]): Promise<void>;
  /** Deletes topics with all their records. @throws {EventLogError} `unknown-topic` */
  deleteTopics(names: readonly string[]): Promise<void>;
  /** All topics, or the named ones; a name that does not exist is left out. */
  describeTopics(names?: readonly string[]): Promise<readonly TopicDescription[]>;
  /** How many partitions a topic has. @throws {EventLogError} `unknown-topic` */
  partitionCount(topic: string): Promise<number>;
  /**
   * How the wanted topics are otherwise than wanted, in their settings and in what the transport has
   * besides: on a cluster replicas, the largest batch, partitions that nobody leads.
   */
  findDrift(wanted: readonly TopicSettings[]): Promise<readonly TopicDrift[]>;

  /**
   * Appends each batch to its partition. Resolves when all of them are durable.
   * @throws {PublishError} when any was not; it says which were. After it, the same records must be
   * published again, and acknowledged, before anything else goes to those partitions.
   */
  publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]>;

  /** Joins a group, which is made by its first member. */
  join(options: JoinOptions): Promise<GroupMember>;
  /** Who is in a group now; one that nobody joined has generation 0 and no members. */
  describeGroup(group: string): Promise<GroupDescription>;
  /** Every partition of every topic that the group has committed to or reads. */
  lag(group: string): Promise<readonly PartitionLag[]>;

  /** Reads from these places on, one for each partition wanted. */
  openReader(positions: readonly TopicPartitionOffset[]): LogReader;

  /**
   * Applies each topic's cleanup policy now, where that is the program's business. A cluster cleans by
   * itself: there this does nothing and says that it removed nothing.
   */
  clean(): Promise<{ readonly removedRecords: number }>;
  /** Closes connections and timers; what was acknowledged stays. Idempotent. */
  close(): Promise<void>;
}

/** The log can no longer be reached, or can be again. */
export interface AvailabilityChange {
  /** Whether requests succeed. */
  readonly available: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Which request failed and how, or which one succeeded. */
  readonly why: string;
}

/** Records of one partition that were acknowledged and are not in the log any more. */
export interface LostRecords {
  /** Null when the topic itself is gone; `partition` then is a number that only the log's file knows. */
  readonly topic: string | null;
  /** Counted from 0. */
  readonly partition: number;
  /** The first of them: where the partition ends now. */
  readonly from: number;
  /** Behind the last of them: where it had ended. */
  readonly to: number;
}

/** Why an operation of the log failed. */
export type EventLogErrorCode =
  | "unknown-topic"
  | "unknown-partition"
  | "topic-drift"
  | "invalid-topic"
  | "fenced-generation"
  | "not-assigned"
  | "offset-out-of-range"
  | "record-too-large"
  | "publish-failed"
  | "log-locked"
  | "log-full"
  | "log-corrupt"
  | "log-incomplete"
  | "log-foreign"
  | "log-version"
  | "log-missing"
  | "log-unavailable"
  | "log-closed";

/** A failure of the log. Across workers it travels as `{ name, code, message, retriable }`. */
export class EventLogError extends Error {
  /** What failed, for programs. */
  readonly code: EventLogErrorCode;
  /** Whether the same call may succeed later without anyone mending anything. */
  readonly retriable: boolean;

  /** The message is action, colon, state. */
  constructor(
    code: EventLogErrorCode,
    message: string,
    options: { readonly retriable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "EventLogError";
    this.code = code;
    this.retriable = options.retriable ?? false;
  }
}

/** Some batches of a publish were not made durable, or it is not known whether they were. */
export class PublishError extends EventLogError {
  /** The batches that are durable. */
  readonly published: readonly PublishedBatch[];
  /** The batches to publish again. */
  readonly rejected: readonly RecordBatch[];

  /** `code` is `publish-failed` unless the log knows better; the message is action, colon, state. */
  constructor(
    message: string,
    options: {
      readonly published: readonly PublishedBatch[];
      readonly rejected: readonly RecordBatch[];
      readonly code?: EventLogErrorCode;
      readonly retriable: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(options.code ?? "publish-failed", message, options);
    this.name = "PublishError";
    this.published = options.published;
    this.rejected = options.rejected;
  }
}
