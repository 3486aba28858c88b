/**
 * What a group looks like from outside: who reads what, and how far they are behind.
 *
 * @module
 */

import {
  EventLogError,
  type GroupDescription,
  type PartitionLag,
  type TopicPartition,
} from "../event_log.ts";
import type { ClusterNames } from "./cluster_names.ts";
import { OUTAGE_PATIENCE_MS } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import { decodeAssignment, decodeSubscription } from "./consumer_protocol.ts";
import { SETTLING_PATIENCE_MS } from "./group_settings.ts";
import {
  type ClientPartition,
  type GroupState,
  type KafkaClient,
  KafkaClientError,
} from "./kafka_client.ts";
import { placeName } from "./group_standing.ts";
import { toEventLogError } from "./log_errors.ts";
import { patiently } from "./patience.ts";

/** What the questions are asked with. */
export interface QueryParts {
  /** Connections on which nothing waits long. */
  readonly client: () => Promise<KafkaClient>;
  readonly view: ClusterView;
  readonly names: ClusterNames;
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal;
}

/** States in which everybody knows what is theirs. In others the broker does not say who reads what. */
const SETTLED: ReadonlySet<string> = new Set(["Stable", "Empty", "Dead"]);

/**
 * Who is in the group, once it is not being rebalanced. The generation is told by the members'
 * assignments: it is 0 for a group without members, whatever it was before.
 *
 * @throws {EventLogError} `log-unavailable`
 */
export async function describeGroup(group: string, parts: QueryParts): Promise<GroupDescription> {
  const action = `describe group "${group}"`;
  const { members } = await answered(action, parts, () => settledGroup(group, parts));
  let generation = 0;
  const described = members.map(({ memberId, metadata, assignment }) => {
    const told = decodeAssignment(assignment);
    generation = Math.max(generation, told.generation);
    return {
      memberId,
      instanceId: decodeSubscription(metadata).instanceId,
      assignment: told.partitions.flatMap((place) => placeOf(place, parts.names) ?? []),
    };
  });
  described.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  return { group, generation, members: described };
}

/**
 * Every partition of every topic that the group has committed to or reads, in order.
 *
 * @throws {EventLogError} `log-unavailable`
 */
export async function groupLag(
  group: string,
  parts: QueryParts,
): Promise<readonly PartitionLag[]> {
  const action = `read the lag of group "${group}"`;
  return await answered(action, parts, async () => {
    const committed = await committedOffsets(group, parts);
    const { members } = await settledGroup(group, parts);
    const topics = new Set(members.flatMap(({ metadata }) => decodeSubscription(metadata).topics));
    for (const { topic } of committed.values()) topics.add(topic);
    const places = await partitionsOf([...topics].sort(), parts);
    const uncommitted = places.filter((place) => !committed.has(placeName(place)));
    const starts = await boundaries(uncommitted, "earliest", parts);
    const ends = await boundaries(places, "latest", parts);
    return places.flatMap((place) => {
      const name = placeName(place);
      const logical = placeOf(place, parts.names);
      const offset = committed.get(name)?.offset ?? starts.get(name) ?? 0;
      const endOffset = ends.get(name) ?? offset;
      if (logical === null) return [];
      return [{ ...logical, offset, endOffset, lag: Math.max(0, endOffset - offset) }];
    });
  });
}

/** What the cluster answers, once it does. */
async function answered<T>(
  action: string,
  { closed, view }: QueryParts,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await patiently(ask, {
      forMs: OUTAGE_PATIENCE_MS,
      signal: closed,
      // Whoever did not answer may not lead any more what it was asked about.
      onFailure: () => view.invalidate(),
    });
  } catch (error) {
    throw toEventLogError(error, action);
  }
}

async function settledGroup(group: string, parts: QueryParts): Promise<GroupState> {
  const name = parts.names.group(group);
  const client = await parts.client();
  const ask = async () => {
    const state = await client.describeGroup(await client.findCoordinator(name), name);
    if (SETTLED.has(state.state)) return state;
    throw new KafkaClientError(
      "REBALANCE_IN_PROGRESS",
      `the group is being rebalanced (${state.state})`,
      { retriable: true },
    );
  };
  try {
    return await patiently(ask, { forMs: SETTLING_PATIENCE_MS, signal: parts.closed });
  } catch (error) {
    if (!(error instanceof KafkaClientError) || error.type !== "REBALANCE_IN_PROGRESS") throw error;
    throw new EventLogError(
      "log-unavailable",
      `Cannot look at group "${group}": ${error.message}`,
      {
        retriable: true,
        cause: error,
      },
    );
  }
}

/** By partition; those without are left out. */
async function committedOffsets(
  group: string,
  parts: QueryParts,
): Promise<ReadonlyMap<string, ClientPartition & { readonly offset: number }>> {
  const name = parts.names.group(group);
  const client = await parts.client();
  const offsets = await client.fetchOffsets(await client.findCoordinator(name), name, "all");
  return new Map(
    offsets.filter(({ offset }) => offset >= 0).map((each) => [placeName(each), each]),
  );
}

async function partitionsOf(
  topics: readonly string[],
  { view }: QueryParts,
): Promise<readonly ClientPartition[]> {
  const counts = await Promise.all(topics.map((topic) => view.partitionsOf(topic)));
  return topics.flatMap((topic, i) =>
    Array.from({ length: counts[i] ?? 0 }, (_, partition) => ({ topic, partition }))
  );
}

/** First or next offsets, by partition, asked of those who lead. */
async function boundaries(
  places: readonly ClientPartition[],
  at: "earliest" | "latest",
  { view, client }: QueryParts,
): Promise<ReadonlyMap<string, number>> {
  const byLeader = new Map<number, ClientPartition[]>();
  for (const place of places) {
    const leader = await view.leaderOf(place);
    byLeader.set(leader, [...byLeader.get(leader) ?? [], place]);
  }
  const asked = await client();
  const answers = await Promise.all(
    [...byLeader].map(([leader, led]) => asked.listOffsets(leader, led, at)),
  );
  return new Map(answers.flat().map((each) => [placeName(each), each.offset]));
}

/** With the topic's name in the log; null for a topic that is not of this log. */
function placeOf(
  { topic, partition }: ClientPartition,
  names: ClusterNames,
): TopicPartition | null {
  const logical = names.logicalTopic(topic);
  return logical === null ? null : { topic: logical, partition };
}
