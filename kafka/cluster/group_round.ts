/**
 * One round of a group's coming together: a member joins, the leader decides, each is told its own.
 *
 * @module
 */

import { sharePartitions } from "./assignment.ts";
import type { ClusterView } from "./cluster_view.ts";
import {
  type Assignment,
  ASSIGNOR_NAME,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "./consumer_protocol.ts";
import type { GroupCoordinator } from "./group_coordinator.ts";
import { REBALANCE_SESSIONS } from "./group_settings.ts";
import type { ClientPartition, JoinAnswer, MemberIdentity } from "./kafka_client.ts";

/** Who joins. Names are those on the cluster. */
export interface Joiner {
  readonly group: string;
  readonly topics: readonly string[];
  readonly instanceId: string;
  readonly sessionTimeoutMs: number;
}

/** Waits until the group has come together. `owned` is what the member had in `generation`. */
export async function askToJoin(
  joiner: Joiner & { readonly memberId: string },
  before: { readonly generation: number; readonly owned: readonly ClientPartition[] },
  coordinator: GroupCoordinator,
): Promise<JoinAnswer> {
  const { group, topics, instanceId, sessionTimeoutMs, memberId } = joiner;
  const request = {
    group,
    sessionTimeoutMs,
    rebalanceTimeoutMs: REBALANCE_SESSIONS * sessionTimeoutMs,
    memberId,
    instanceId,
    protocols: [{
      name: ASSIGNOR_NAME,
      metadata: encodeSubscription({ topics, instanceId, ...before }),
    }],
  };
  return await coordinator.ask((client, node) => client.joinGroup(node, request));
}

/** What the member is assigned; where it leads, it has decided that itself. */
export async function askForAssignment(
  answer: JoinAnswer,
  identity: MemberIdentity,
  { coordinator, view }: { readonly coordinator: GroupCoordinator; readonly view: ClusterView },
): Promise<Assignment> {
  const leads = answer.leaderId === answer.memberId;
  const shares = leads ? await sharesOf(answer, view) : [];
  return decodeAssignment(
    await coordinator.ask((client, node) => client.syncGroup(node, identity, shares)),
  );
}

async function sharesOf(
  answer: JoinAnswer,
  view: ClusterView,
): Promise<readonly { readonly memberId: string; readonly assignment: Uint8Array }[]> {
  const { generation } = answer;
  const members = answer.members.map(({ memberId, instanceId, metadata }) => ({
    ...decodeSubscription(metadata),
    memberId,
    instanceId: instanceId ?? memberId,
  }));
  const counts = new Map<string, number>();
  for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
    const count = await view.partitionsOf(topic);
    if (count !== null) counts.set(topic, count);
  }
  const shares = sharePartitions(members, counts);
  return members.map(({ memberId, topics }) => {
    const partitions = shares.get(memberId) ?? [];
    return { memberId, assignment: encodeAssignment({ partitions, generation, topics }) };
  });
}
