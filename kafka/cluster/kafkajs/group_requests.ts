/**
 * Requests of a consumer group's members, with the lasting names that the library's own do not send.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { REQUEST_TIMEOUT_MS, SYNC_WAIT_MS } from "../cluster_settings.ts";
import type {
  ClientPartition,
  CommittedOffset,
  GroupState,
  JoinAnswer,
  JoinRequest,
  MemberIdentity,
} from "../kafka_client.ts";
import type { Brokers } from "./brokers.ts";
import { byTopic } from "../by_topic.ts";
import { requests } from "./library.ts";
import { throwIfFailed } from "../client_failures.ts";

/** Coordinators are of groups or of transactions. */
const GROUP_COORDINATOR = 0;

/** A new member without a lasting name is told its id first, and asks again with it. */
const MEMBER_ID_REQUIRED = 79;

/** What consumers' groups are called in the protocol. */
const CONSUMER = "consumer";

/** {@link KafkaClient.findCoordinator} */
export async function findCoordinator(brokers: Brokers, group: string): Promise<number> {
  const { errorCode, coordinator } = await brokers.askAny(requests.GroupCoordinator, {
    groupId: group,
    coordinatorType: GROUP_COORDINATOR,
  });
  throwIfFailed(errorCode, `find the coordinator of ${group}`);
  brokers.learn(coordinator);
  return coordinator.nodeId;
}

/** {@link KafkaClient.joinGroup} */
export async function joinGroup(
  brokers: Brokers,
  nodeId: number,
  request: JoinRequest,
): Promise<JoinAnswer> {
  const { group, memberId, instanceId, sessionTimeoutMs, rebalanceTimeoutMs, protocols } = request;
  const answer = await brokers.ask(nodeId, requests.JoinGroup, {
    groupId: group,
    memberId,
    groupInstanceId: instanceId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    protocolType: CONSUMER,
    groupProtocols: protocols.map(({ name, metadata }) => ({ name, metadata: buffer(metadata) })),
  }, { timeoutMs: rebalanceTimeoutMs + REQUEST_TIMEOUT_MS });
  if (answer.errorCode === MEMBER_ID_REQUIRED && memberId === "" && answer.memberId !== "") {
    return await joinGroup(brokers, nodeId, { ...request, memberId: answer.memberId });
  }
  throwIfFailed(answer.errorCode, `join ${group} as ${instanceId}`);
  return {
    generation: answer.generationId,
    memberId: answer.memberId,
    leaderId: answer.leaderId,
    protocol: answer.groupProtocol,
    members: answer.members.map(({ memberId, groupInstanceId, memberMetadata }) => ({
      memberId,
      instanceId: groupInstanceId,
      metadata: memberMetadata,
    })),
  };
}

/** {@link KafkaClient.syncGroup} */
export async function syncGroup(
  brokers: Brokers,
  nodeId: number,
  member: MemberIdentity,
  assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[],
): Promise<Uint8Array> {
  const { errorCode, memberAssignment } = await brokers.ask(nodeId, requests.SyncGroup, {
    ...fieldsOf(member),
    generationId: member.generation,
    groupAssignment: assignments.map(({ memberId, assignment }) => ({
      memberId,
      memberAssignment: buffer(assignment),
    })),
  }, { timeoutMs: SYNC_WAIT_MS + REQUEST_TIMEOUT_MS });
  throwIfFailed(errorCode, `sync ${member.group} as ${member.instanceId}`);
  return memberAssignment;
}

/** {@link KafkaClient.heartbeat} */
export async function heartbeat(brokers: Brokers, nodeId: number, member: MemberIdentity) {
  const fields = { ...fieldsOf(member), groupGenerationId: member.generation };
  const { errorCode } = await brokers.ask(nodeId, requests.Heartbeat, fields);
  throwIfFailed(errorCode, `send a heartbeat to ${member.group} as ${member.instanceId}`);
}

/** {@link KafkaClient.leaveGroup} */
export async function leaveGroup(
  brokers: Brokers,
  nodeId: number,
  member: Omit<MemberIdentity, "generation">,
) {
  const answer = await brokers.ask(nodeId, requests.LeaveGroup, fieldsOf(member));
  for (const { errorCode } of [answer, ...answer.members]) {
    throwIfFailed(errorCode, `leave ${member.group} as ${member.instanceId}`);
  }
}

/** {@link KafkaClient.commitOffsets}. The library's newest version carries no lasting name. */
export async function commitOffsets(
  brokers: Brokers,
  nodeId: number,
  { group, generation, memberId }: MemberIdentity,
  offsets: readonly CommittedOffset[],
) {
  if (offsets.length === 0) return;
  const { responses } = await brokers.ask(nodeId, requests.OffsetCommit, {
    groupId: group,
    groupGenerationId: generation,
    memberId,
    topics: byTopic(offsets, ({ partition, offset }) => ({ partition, offset })),
  });
  for (const { topic, partitions } of responses) {
    for (const { partition, errorCode } of partitions) {
      throwIfFailed(errorCode, `commit ${topic}/${partition} for ${group}`);
    }
  }
}

/** {@link KafkaClient.fetchOffsets} */
export async function fetchOffsets(
  brokers: Brokers,
  nodeId: number,
  group: string,
  partitions: readonly ClientPartition[] | "all",
): Promise<readonly CommittedOffset[]> {
  if (partitions.length === 0) return [];
  const { errorCode, responses } = await brokers.ask(nodeId, requests.OffsetFetch, {
    groupId: group,
    // The library writes an empty list as the protocol's "all".
    topics: partitions === "all" ? [] : byTopic(partitions, ({ partition }) => ({ partition })),
  });
  throwIfFailed(errorCode, `fetch the offsets of ${group}`);
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, offset }) => {
      throwIfFailed(errorCode, `fetch the offset of ${topic}/${partition} for ${group}`);
      return { topic, partition, offset: Number(offset) };
    })
  );
}

/** {@link KafkaClient.describeGroup} */
export async function describeGroup(
  brokers: Brokers,
  nodeId: number,
  group: string,
): Promise<GroupState> {
  const { groups: [found] } = await brokers.ask(nodeId, requests.DescribeGroups, {
    groupIds: [group],
  });
  if (found === undefined) return { state: "Dead", members: [] };
  throwIfFailed(found.errorCode, `describe ${group}`);
  return {
    state: found.state,
    members: found.members.map(({ memberId, memberMetadata, memberAssignment }) => ({
      memberId,
      metadata: memberMetadata,
      assignment: memberAssignment,
    })),
  };
}

function fieldsOf({ group, memberId, instanceId }: Omit<MemberIdentity, "generation">) {
  return { groupId: group, memberId, groupInstanceId: instanceId };
}

function buffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
