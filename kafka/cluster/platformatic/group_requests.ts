/**
 * Requests to a group's coordinator, in versions that know lasting names of members.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  describeGroupsV5,
  FindCoordinatorKeyTypes,
  findCoordinatorV4,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  offsetCommitV8,
  offsetFetchV8,
  syncGroupV4,
} from "./library.ts";
import { byTopic } from "../by_topic.ts";
import { clientFailure, codedFailure } from "../client_failures.ts";
import { REQUEST_TIMEOUT_MS, SYNC_WAIT_MS } from "../cluster_settings.ts";
import type {
  ClientPartition,
  CommittedOffset,
  GroupState,
  JoinAnswer,
  JoinRequest,
  MemberIdentity,
} from "../kafka_client.ts";
import type { ClusterConnections } from "./cluster_connections.ts";
import { wholeAnswer } from "./metadata_answer.ts";
import { NO_LEADER_EPOCH } from "./topic_requests.ts";

/** A request to a node on behalf of a client. */
interface Asking {
  readonly connections: ClusterConnections;
  readonly nodeId: number;
}

export async function findCoordinator(
  connections: ClusterConnections,
  group: string,
): Promise<number> {
  const doing = `find the coordinator of group "${group}"`;
  const { coordinators } = await connections.askAny({
    doing,
    ask: (connection) =>
      findCoordinatorV4.api.async(connection, FindCoordinatorKeyTypes.GROUP, [group]),
  });
  const coordinator = coordinators.find(({ key }) => key === group);
  if (coordinator === undefined) {
    throw clientFailure("OTHER", doing, "the broker's answer has none");
  }
  connections.learn(coordinator);
  return coordinator.nodeId;
}

export async function joinGroup(
  { connections, nodeId }: Asking,
  request: JoinRequest,
): Promise<JoinAnswer> {
  const { group, sessionTimeoutMs, rebalanceTimeoutMs, memberId, instanceId } = request;
  const protocols = request.protocols.map(({ name, metadata }) => ({
    name,
    metadata: asBuffer(metadata),
  }));
  const answer = await connections.askNode(nodeId, {
    doing: `join group "${group}"`,
    timeoutMs: rebalanceTimeoutMs + REQUEST_TIMEOUT_MS,
    ask: (connection) =>
      joinGroupV9.api.async(
        connection,
        group,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        instanceId,
        "consumer",
        protocols,
        null,
      ),
  });
  return {
    generation: answer.generationId,
    memberId: answer.memberId,
    leaderId: answer.leader,
    protocol: answer.protocolName ?? "",
    members: answer.members.map(({ memberId, groupInstanceId, metadata }) => ({
      memberId,
      instanceId: groupInstanceId ?? null,
      metadata: asBytes(metadata),
    })),
  };
}

export async function syncGroup(
  { connections, nodeId }: Asking,
  { group, generation, memberId, instanceId }: MemberIdentity,
  assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[],
): Promise<Uint8Array> {
  const handed = assignments.map(({ memberId, assignment }) => ({
    memberId,
    assignment: asBuffer(assignment),
  }));
  const { assignment } = await connections.askNode(nodeId, {
    doing: `take an assignment from group "${group}"`,
    timeoutMs: SYNC_WAIT_MS + REQUEST_TIMEOUT_MS,
    // This version, the newest that does not want to be told the protocol again.
    ask: (connection) =>
      syncGroupV4.api.async(
        connection,
        group,
        generation,
        memberId,
        instanceId,
        null,
        null,
        handed,
      ),
  });
  return asBytes(assignment);
}

export async function heartbeat(
  { connections, nodeId }: Asking,
  { group, generation, memberId, instanceId }: MemberIdentity,
): Promise<void> {
  await connections.askNode(nodeId, {
    doing: `send a heartbeat to group "${group}"`,
    ask: (connection) => heartbeatV4.api.async(connection, group, generation, memberId, instanceId),
  });
}

export async function leaveGroup(
  { connections, nodeId }: Asking,
  { group, memberId, instanceId }: Omit<MemberIdentity, "generation">,
): Promise<void> {
  await connections.askNode(nodeId, {
    doing: `leave group "${group}"`,
    ask: (connection) =>
      leaveGroupV5.api.async(connection, group, [
        { memberId, groupInstanceId: instanceId, reason: null },
      ]),
  });
}

export async function commitOffsets(
  { connections, nodeId }: Asking,
  { group, generation, memberId, instanceId }: MemberIdentity,
  offsets: readonly CommittedOffset[],
): Promise<void> {
  const topics = byTopic(offsets, ({ partition, offset }) => ({
    partitionIndex: partition,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: NO_LEADER_EPOCH,
    committedMetadata: null,
  })).map(({ topic, partitions }) => ({ name: topic, partitions }));
  await connections.askNode(nodeId, {
    doing: `commit offsets of group "${group}"`,
    ask: (connection) =>
      offsetCommitV8.api.async(connection, group, generation, memberId, instanceId, topics),
  });
}

export async function fetchOffsets(
  { connections, nodeId }: Asking,
  group: string,
  partitions: readonly ClientPartition[] | "all",
): Promise<readonly CommittedOffset[]> {
  const topics = partitions === "all" ? null : byTopic(partitions, ({ partition }) => partition)
    .map(({ topic, partitions }) => ({ name: topic, partitionIndexes: partitions }));
  // A member's epoch is of a version and a kind of group that this is not.
  const wanted = { groupId: group, memberEpoch: -1, topics };
  const { groups } = await connections.askNode(nodeId, {
    doing: `ask for the committed offsets of group "${group}"`,
    ask: (connection) => offsetFetchV8.api.async(connection, [wanted], false),
  });
  return groups.flatMap(({ topics }) => topics).flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(committedOffset),
    }))
  );
}

export async function describeGroup(
  { connections, nodeId }: Asking,
  group: string,
): Promise<GroupState> {
  const doing = `ask about group "${group}"`;
  const { groups } = await connections.askNode(nodeId, {
    doing,
    ask: (connection) => wholeAnswer(describeGroupsV5.api.async(connection, [group], false)),
  });
  const [found] = groups;
  if (found === undefined) throw clientFailure("OTHER", doing, "the broker's answer has none");
  if (found.errorCode !== 0) throw codedFailure(found.errorCode, doing);
  return {
    state: found.groupState,
    members: found.members.map(({ memberId, memberMetadata, memberAssignment }) => ({
      memberId,
      metadata: asBytes(memberMetadata),
      assignment: asBytes(memberAssignment),
    })),
  };
}

/** The same bytes, as the library wants them. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Bytes of their own: the library's share the whole answer's memory. */
function asBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}
