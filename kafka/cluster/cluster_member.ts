/**
 * A member of a consumer group on a Kafka cluster: what its user is told, of what goes on in the
 * background.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import {
  EventLogError,
  type FetchedBatch,
  type GroupMember,
  type GroupPoll,
  type JoinOptions,
  type PollOptions,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import type { ClusterNames } from "./cluster_names.ts";
import { OUTAGE_PATIENCE_MS } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import { GroupCoordinator } from "./group_coordinator.ts";
import { checkOffsets, committedOffsets } from "./group_offsets.ts";
import { GroupSession } from "./group_session.ts";
import { changeBetween, type HeldPartition, placeName, type Standing } from "./group_standing.ts";
import { DEFAULT_SESSION_TIMEOUT_MS, SESSION_TIMEOUT_RANGE_MS } from "./group_settings.ts";
import type { KafkaClient, MemberIdentity } from "./kafka_client.ts";
import { closedError, toEventLogError } from "./log_errors.ts";
import { fenced, isReplaced, replaced, throwLastingTrouble } from "./member_failures.ts";
import type { PartitionFetcher } from "./partition_fetcher.ts";
import { patiently } from "./patience.ts";
import { checkName } from "../topic_rules.ts";

/** What a member needs of its log. */
export interface GroupSurroundings {
  /** A fresh connection set. */
  readonly openClient: () => Promise<KafkaClient>;
  readonly view: ClusterView;
  readonly names: ClusterNames;
  readonly openFetcher: () => PartitionFetcher;
  /** Aborts when the log is closed: its members leave. */
  readonly closed: AbortSignal;
}

/**
 * Begins to join: the group is joined in the background, and the first poll that knows of it tells.
 * @throws {EventLogError} `unknown-topic`, `invalid-topic`, `log-unavailable`, `log-closed`
 */
export async function joinGroup(
  options: JoinOptions,
  around: GroupSurroundings,
): Promise<ClusterMember> {
  const action = `join group "${options.group}"`;
  if (around.closed.aborted) throw closedError(action);
  checkName("name", options.group);
  checkName("member's instance id", options.instanceId);
  const topics = [...new Set(options.topics)];
  const sessionTimeoutMs = checkedSession(options);
  try {
    for (const topic of topics) {
      const count = await patiently(() => around.view.partitionsOf(around.names.topic(topic)), {
        forMs: OUTAGE_PATIENCE_MS,
        signal: around.closed,
      });
      if (count !== null) continue;
      throw new EventLogError(
        "unknown-topic",
        `Cannot ${action}: there is no topic "${topic}"; create it first`,
      );
    }
  } catch (error) {
    throw toEventLogError(error, action);
  }
  return new ClusterMember({ ...options, topics, sessionTimeoutMs }, around);
}

/** The cluster log's {@link GroupMember}. */
export class ClusterMember implements GroupMember {
  readonly group: string;
  /** Resolves when it has left, or its log was closed, and nothing of it is left running. */
  readonly ended: Promise<void>;
  readonly #instanceId: string;
  readonly #clusterGroup: string;
  readonly #around: GroupSurroundings;
  readonly #session: GroupSession;
  /** Connections on which nothing waits long, unlike the session's. */
  readonly #offsets: GroupCoordinator;
  readonly #fetcher: PartitionFetcher;
  readonly #ending = new AbortController();
  readonly #end = Promise.withResolvers<void>();
  /** What the user was told last. */
  #told: Standing;
  #left = false;

  /** Begins to join; the topics exist. */
  constructor(options: Required<JoinOptions>, around: GroupSurroundings) {
    this.group = options.group;
    this.#instanceId = options.instanceId;
    this.#clusterGroup = around.names.group(options.group);
    this.#around = around;
    this.#offsets = new GroupCoordinator(around.openClient, this.#clusterGroup);
    this.#fetcher = around.openFetcher();
    this.ended = this.#end.promise;
    this.#session = new GroupSession({
      group: this.#clusterGroup,
      topics: options.topics.map((topic) => around.names.topic(topic)),
      instanceId: options.instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs,
      coordinator: new GroupCoordinator(around.openClient, this.#clusterGroup),
      leaving: this.#offsets,
      view: around.view,
      onChange: () => this.#fetcher.interrupt(),
    });
    this.#told = this.#session.standing;
    around.closed.addEventListener("abort", this.#leaveOnClose);
  }

  get memberId(): string {
    return this.#session.memberId;
  }

  get generation(): number {
    return this.#told.generation;
  }

  get assignment(): readonly TopicPartition[] {
    return this.#told.held.map((each) => this.#placeOf(each));
  }

  /** Also throws `fenced-generation` once another has joined under its instance id. */
  async poll(options: PollOptions): Promise<GroupPoll> {
    this.#assertMember("poll");
    this.#session.pollBegins();
    try {
      return await this.#poll(options);
    } finally {
      this.#session.pollEnds();
    }
  }

  seek(place: TopicPartitionOffset): void {
    this.#assertMember("seek");
    if (!this.#assigned(place)) {
      throw new EventLogError(
        "not-assigned",
        `Cannot seek in "${place.topic}"/${place.partition}: it is not assigned to member ` +
          `"${this.memberId}"`,
      );
    }
    this.#fetcher.seek(place);
  }

  async committed(): Promise<readonly TopicPartitionOffset[]> {
    const action = "read committed offsets";
    this.#assertMember(action);
    const { held } = this.#told;
    try {
      const offsets = await committedOffsets(
        held.map(({ topic, partition }) => ({ topic, partition })),
        {
          group: this.#clusterGroup,
          coordinator: this.#offsets,
          signal: this.#ending.signal,
        },
      );
      return held.map((each, i) => ({ ...this.#placeOf(each), offset: offsets[i] ?? 0 }));
    } catch (error) {
      this.#assertMember(action);
      throw toEventLogError(error, `${action} of group "${this.group}"`);
    }
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    const action = "commit offsets";
    this.#assertMember(action);
    checkOffsets(offsets);
    const member = this.#committer(action, offsets);
    if (offsets.length === 0) return;
    const places = offsets.map(({ topic, partition, offset }) => ({
      topic: this.#around.names.topic(topic),
      partition,
      offset,
    }));
    try {
      // One attempt: who is refused for a while puts it off.
      await this.#offsets.ask((client, node) => client.commitOffsets(node, member, places));
    } catch (error) {
      this.#assertMember(action);
      const refused = toEventLogError(error, `${action} of group "${this.group}"`);
      if (refused.code === "fenced-generation") this.#session.doubt();
      throw refused;
    }
  }

  /** Never fails because of the cluster: what it says of the member, polls tell. */
  async heartbeat(): Promise<void> {
    this.#assertMember("send a heartbeat");
    await this.#session.stillHere();
  }

  /** Never fails: where the cluster cannot be told, the session times out there. */
  async leave(): Promise<void> {
    if (this.#left) return await this.ended;
    this.#left = true;
    this.#around.closed.removeEventListener("abort", this.#leaveOnClose);
    this.#told = { generation: this.#told.generation, held: [] };
    this.#ending.abort();
    await Promise.all([this.#session.end(), this.#fetcher.close()]);
    this.#end.resolve();
  }

  readonly #leaveOnClose = (): void => void this.leave();

  async #poll({ timeoutMs, maxRecords, signal }: PollOptions): Promise<GroupPoll> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const told = this.#tell();
      if (told !== null) return told;
      this.#throwFailure();
      const leftMs = Math.max(0, deadline - performance.now());
      const batches = await this.#fetcher.poll({
        timeoutMs: leftMs,
        ...(maxRecords === undefined ? {} : { maxRecords }),
        ...(signal === undefined ? {} : { signal }),
      });
      this.#assertMember("poll");
      if (this.#session.standing !== this.#told) {
        this.#giveBack(batches);
        continue;
      }
      if (batches.length > 0) return { kind: "records", batches };
      if (performance.now() < deadline && signal?.aborted !== true) continue;
      // A caller that never waits would otherwise never let its thread hear the cluster.
      if (timeoutMs <= 0) await new Promise<void>((resolve) => void setImmediate(resolve));
      return { kind: "records", batches };
    }
  }

  /** The change since the last one told, or null. */
  #tell(): GroupPoll | null {
    const next = this.#session.standing;
    const before = this.#told;
    if (next === before) return null;
    const { assigned, revoked } = changeBetween(before, next);
    const fresh = new Set(assigned);
    const positions = new Map(
      this.#fetcher.positions.map((each) => [placeName(each), each.offset]),
    );
    this.#fetcher.assign(next.held.map((each) => {
      const place = this.#placeOf(each);
      const kept = fresh.has(each) ? undefined : positions.get(placeName(place));
      return { ...place, offset: kept ?? each.committed ?? 0 };
    }));
    this.#told = next;
    return {
      kind: "assignment",
      generation: next.generation,
      assigned: assigned.map((each) => this.#placeOf(each)),
      revoked: revoked.map((each) => this.#placeOf(each)),
      assignment: this.assignment,
    };
  }

  /** The change of assignment is told first; what is still the member's then comes again. */
  #giveBack(batches: readonly FetchedBatch[]): void {
    for (const { topic, partition, records } of batches.toReversed()) {
      const first = records[0];
      if (first !== undefined) this.#fetcher.seek({ topic, partition, offset: first.offset });
    }
  }

  #throwFailure(): void {
    const { failure, trouble } = this.#session;
    const action = `poll group "${this.group}"`;
    if (failure === null) throwLastingTrouble(trouble, action);
    else if (isReplaced(failure.error)) throw replaced(action, this.#instanceId);
    else throw toEventLogError(failure.error, action);
  }

  /** In whose name to commit. @throws {EventLogError} `fenced-generation` */
  #committer(action: string, offsets: readonly TopicPartition[]): MemberIdentity {
    const { identity, failure } = this.#session;
    if (isReplaced(failure?.error)) throw replaced(action, this.#instanceId);
    if (identity === null) {
      throw fenced(action, `member "${this.memberId}" is not in group "${this.group}" now`);
    }
    if (identity.generation !== this.#told.generation) {
      throw fenced(
        action,
        `member "${this.memberId}" was told generation ${this.#told.generation}, the group has ` +
          `${identity.generation}`,
      );
    }
    const foreign = offsets.find((place) => !this.#assigned(place));
    if (foreign === undefined) return identity;
    throw fenced(
      action,
      `"${foreign.topic}"/${foreign.partition} is not assigned to member "${this.memberId}"`,
    );
  }

  #assigned({ topic, partition }: TopicPartition): boolean {
    const name = placeName({ topic: this.#around.names.topic(topic), partition });
    return this.#told.held.some((each) => placeName(each) === name);
  }

  /** With its name in the log. */
  #placeOf({ topic, partition }: HeldPartition): TopicPartition {
    return { topic: this.#around.names.logicalTopic(topic) ?? topic, partition };
  }

  #assertMember(action: string): void {
    const inGroup = `${action} in group "${this.group}"`;
    if (this.#around.closed.aborted) throw closedError(inGroup);
    if (!this.#left) return;
    throw new EventLogError(
      "not-assigned",
      `Cannot ${inGroup}: member "${this.#instanceId}" has left`,
    );
  }
}

function checkedSession({ group, sessionTimeoutMs = DEFAULT_SESSION_TIMEOUT_MS }: JoinOptions) {
  const { min, max } = SESSION_TIMEOUT_RANGE_MS;
  if (Number.isInteger(sessionTimeoutMs) && sessionTimeoutMs >= min && sessionTimeoutMs <= max) {
    return sessionTimeoutMs;
  }
  throw new RangeError(
    `Cannot join group "${group}": a session takes ${min} to ${max} whole milliseconds, ` +
      `not ${sessionTimeoutMs}`,
  );
}
