/**
 * The requests that we send, as the library takes their fields and gives their answers. Error codes in
 * an answer are left to the caller, because the library throws at the first one and forgets the rest.
 *
 * @module
 */

import type { Buffer } from "node:buffer";

/** Writes the protocol's types. */
export interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeString(value: string | null): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeBuffer(value: Buffer): Encoder;
  writeArray(values: readonly Encoder[]): Encoder;
}

/** A request that can be encoded. */
export interface LibraryRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly encode: () => Promise<Encoder>;
}

/** A request and how to read its answer; an error code in the answer is left to the caller. */
export interface Call<Answer> {
  readonly request: LibraryRequest;
  readonly response: { readonly decode: (payload: Buffer) => Answer | Promise<Answer> };
}

/** One kind of request, in the versions that the library speaks. */
export interface Api<Fields, Answer> {
  readonly versions: readonly string[];
  readonly protocol: (choice: { readonly version: number }) => (fields: Fields) => Call<Answer>;
}

interface Coded {
  readonly errorCode: number;
}

interface ByTopic<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

/** What a broker answers to a metadata request. */
export interface MetadataAnswer {
  readonly brokers: readonly {
    readonly nodeId: number;
    readonly host: string;
    readonly port: number;
  }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly leader: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
    }[];
  }[];
}

interface GroupIdentity {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string;
}

/** By the names that the library gives them. */
export interface Requests {
  readonly ApiVersions: Api<
    void,
    Coded & {
      readonly apiVersions: readonly {
        readonly apiKey: number;
        readonly minVersion: number;
        readonly maxVersion: number;
      }[];
    }
  >;
  readonly SaslHandshake: Api<
    { readonly mechanism: string },
    Coded & { readonly enabledMechanisms: readonly string[] }
  >;
  readonly Metadata: Api<
    { readonly topics: readonly string[]; readonly allowAutoTopicCreation: boolean },
    MetadataAnswer
  >;
  readonly DescribeConfigs: Api<
    {
      readonly resources: readonly { readonly type: number; readonly name: string }[];
      readonly includeSynonyms: boolean;
    },
    {
      readonly resources: readonly (Coded & {
        readonly resourceName: string;
        readonly configEntries: readonly {
          readonly configName: string;
          readonly configValue: string | null;
        }[];
      })[];
    }
  >;
  readonly CreateTopics: Api<
    {
      readonly topics: readonly {
        readonly topic: string;
        readonly numPartitions: number;
        readonly replicationFactor: number;
        readonly configEntries: readonly { readonly name: string; readonly value: string }[];
      }[];
      readonly timeout: number;
    },
    { readonly topicErrors: readonly (Coded & { topic: string; errorMessage: string | null })[] }
  >;
  readonly DeleteTopics: Api<
    { readonly topics: readonly string[]; readonly timeout: number },
    { readonly topicErrors: readonly (Coded & { topic: string })[] }
  >;
  readonly InitProducerId: Api<
    { readonly transactionTimeout: number },
    Coded & { readonly producerId: string; readonly producerEpoch: number }
  >;
  readonly Produce: Api<
    { readonly acks: number; readonly timeout: number; readonly topicData: readonly [] },
    {
      readonly topics: readonly {
        readonly topicName: string;
        readonly partitions: readonly (Coded & {
          readonly partition: number;
          readonly baseOffset: string;
        })[];
      }[];
    }
  >;
  readonly Fetch: Api<
    {
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly isolationLevel: number;
      readonly topics: readonly ByTopic<{
        readonly partition: number;
        readonly fetchOffset: number;
        readonly maxBytes: number;
      }>[];
    },
    unknown
  >;
  readonly ListOffsets: Api<
    {
      readonly isolationLevel: number;
      readonly topics: readonly ByTopic<{
        readonly partition: number;
        readonly timestamp: number;
      }>[];
    },
    {
      readonly responses: readonly ByTopic<
        Coded & { readonly partition: number; readonly offset: string }
      >[];
    }
  >;
  readonly GroupCoordinator: Api<
    { readonly groupId: string; readonly coordinatorType: number },
    Coded & { readonly coordinator: { nodeId: number; host: string; port: number } }
  >;
  readonly JoinGroup: Api<
    GroupIdentity & {
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly protocolType: string;
      readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
    },
    Coded & {
      readonly generationId: number;
      readonly groupProtocol: string;
      readonly leaderId: string;
      readonly memberId: string;
      readonly members: readonly {
        readonly memberId: string;
        readonly groupInstanceId: string | null;
        readonly memberMetadata: Buffer;
      }[];
    }
  >;
  readonly SyncGroup: Api<
    GroupIdentity & {
      readonly generationId: number;
      readonly groupAssignment: readonly {
        readonly memberId: string;
        readonly memberAssignment: Buffer;
      }[];
    },
    Coded & { readonly memberAssignment: Buffer }
  >;
  readonly Heartbeat: Api<GroupIdentity & { readonly groupGenerationId: number }, Coded>;
  readonly LeaveGroup: Api<GroupIdentity, Coded & { readonly members: readonly Coded[] }>;
  readonly OffsetCommit: Api<
    {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
      readonly topics: readonly ByTopic<{ readonly partition: number; readonly offset: number }>[];
    },
    { readonly responses: readonly ByTopic<Coded & { readonly partition: number }>[] }
  >;
  readonly OffsetFetch: Api<
    {
      readonly groupId: string;
      readonly topics: readonly ByTopic<{ readonly partition: number }>[];
    },
    Coded & {
      readonly responses: readonly ByTopic<
        Coded & { readonly partition: number; readonly offset: string }
      >[];
    }
  >;
  readonly DescribeGroups: Api<
    { readonly groupIds: readonly string[] },
    {
      readonly groups: readonly (Coded & {
        readonly state: string;
        readonly members: readonly {
          readonly memberId: string;
          readonly memberMetadata: Buffer;
          readonly memberAssignment: Buffer;
        }[];
      })[];
    }
  >;
}
