/**
 * What of kafkajs this folder uses, with its types: the wire, not the client. Its public consumer has
 * no pull, no static membership and no generations, and every part of its public client asks again by
 * itself; so we take its connections, its encoders and its decoders, and do the asking.
 *
 * The modules behind deep imports are not an interface: the version is pinned.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import libraryConnection from "kafkajs/src/network/connection.js";
import libraryDecoder from "kafkajs/src/protocol/decoder.js";
import libraryEncoder from "kafkajs/src/protocol/encoder.js";
import { requests as libraryRequests } from "kafkajs/src/protocol/requests/index.js";
import type { Encoder, LibraryRequest, Requests } from "./library_requests.ts";

export type * from "./library_requests.ts";

/** Reads the protocol's types off a buffer. */
export interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string | null;
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

/** The versions of each kind of request that a broker speaks, by `apiKey`. */
export type BrokerVersions = Readonly<
  Record<number, { readonly minVersion: number; readonly maxVersion: number }>
>;

/** Whom to log in as. */
export interface LibrarySasl {
  readonly mechanism: string;
  readonly username: string;
  readonly password: string;
}

/** A connection to a broker, good for one socket. */
export interface LibraryConnection {
  readonly requestQueue: {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  };
  connect(): Promise<boolean>;
  setVersions(versions: BrokerVersions): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
  authenticate(): Promise<void>;
  send<Answer>(call: {
    readonly request: LibraryRequest;
    readonly response: {
      readonly decode: (payload: Buffer) => Answer | Promise<Answer>;
      readonly parse: (answer: Answer) => Answer;
    };
    readonly logResponseError: boolean;
  }): Promise<Answer>;
  rejectRequests(error: Error): void;
}

/** How to make one. */
export interface LibraryConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly logger: unknown;
  readonly ssl: object | null;
  readonly sasl: LibrarySasl | null;
  readonly socketFactory: (options: { readonly onConnect: () => void }) => Socket;
  /** Of the TCP connection and the TLS handshake. */
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  /** Whether a timer, ten times a second for each connection, watches over requests. */
  readonly enforceRequestTimeout: boolean;
}

/** Makes a {@link Decoder}. */
export const AnswerDecoder: new (buffer: Buffer) => Decoder = libraryDecoder;

/** Makes an {@link Encoder}. */
export const RequestEncoder: new () => Encoder = libraryEncoder;

/** Makes a {@link LibraryConnection}. */
export const Connection: new (options: LibraryConnectionOptions) => LibraryConnection =
  libraryConnection;

/** Every kind of request that we send. */
export const requests: Requests = libraryRequests;

/** Where the library logs: nowhere. What is worth saying is in the errors, and said by their handler. */
interface SilentLogger {
  readonly debug: () => void;
  readonly info: () => void;
  readonly warn: () => void;
  readonly error: () => void;
  readonly namespace: () => SilentLogger;
}

/** Not made by the library, which would read a level of logging from the environment. */
export const silentLogger: SilentLogger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  namespace: () => silentLogger,
};

function nothing(): void {}
