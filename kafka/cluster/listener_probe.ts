/**
 * Finds out what listens at an address, by the few bytes of Kafka's protocol that every listener of a
 * broker answers before anybody has said who he is.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { PROBE_TIMEOUT_MS } from "./cluster_settings.ts";

/** Where to look. */
export interface ProbedAddress {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate must have. */
  readonly serverName: string;
}

/** Whether and how to speak TLS. `ca` is PEM; null trusts whom the machine trusts. */
export interface ProbeTls {
  readonly ca: string | null;
  /** False accepts any certificate: enough to know that it is TLS. */
  readonly verify: boolean;
}

/** What was found. */
export type Probe =
  /** `mechanisms`: what it wants of who is asking; null when it wants nothing, or does not say. */
  | { readonly kind: "kafka"; readonly mechanisms: readonly string[] | null }
  | { readonly kind: "unknown-host" }
  | { readonly kind: "refused" }
  | { readonly kind: "silent" }
  /** The address cannot be connected to for another reason. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** Connected, and no TLS was agreed upon. */
  | { readonly kind: "no-tls"; readonly reason: string }
  /** Connected, and what came is not Kafka's protocol. */
  | { readonly kind: "no-kafka" };

const API_VERSIONS = 18;
const SASL_HANDSHAKE = 17;
const CLIENT_ID = "outcry-check";

/** No answer to these requests is larger. */
const MAX_ANSWER_BYTES = 65_536;

const ERROR_UNSUPPORTED_MECHANISM = 33;

/** Connects, and asks. `mechanism` is asked for; a listener that has others names them. */
export async function probeListener(
  address: ProbedAddress,
  tls: ProbeTls | null,
  mechanism: string,
): Promise<Probe> {
  const opened = await connect(address, tls);
  if (!("socket" in opened)) return opened;
  const { socket } = opened;
  try {
    const versions = await ask(socket, request(API_VERSIONS, 0, 1), 1);
    if (versions === null) return { kind: "no-kafka" };
    const handshake = await ask(socket, request(SASL_HANDSHAKE, 1, 2, text(mechanism)), 2);
    return { kind: "kafka", mechanisms: handshake === null ? null : mechanismsOf(handshake) };
  } finally {
    socket.destroy();
  }
}

/** Connects and says no more; null when that succeeds. */
export async function probeAddress(address: ProbedAddress): Promise<Probe | null> {
  const opened = await connect(address, null);
  if (!("socket" in opened)) return opened;
  opened.socket.destroy();
  return null;
}

function connect(
  { host, port, serverName }: ProbedAddress,
  tls: ProbeTls | null,
): Promise<{ readonly socket: Socket } | Probe> {
  const { promise, resolve } = Promise.withResolvers<{ readonly socket: Socket } | Probe>();
  let connected = false;
  const socket = tls === null ? connectTcp({ host, port }) : connectTls({
    host,
    port,
    rejectUnauthorized: tls.verify,
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(tls.ca === null ? {} : { ca: tls.ca }),
  });
  const fail = (probe: Probe) => {
    socket.destroy();
    resolve(probe);
  };
  const timer = setTimeout(
    () => fail(connected ? { kind: "no-tls", reason: "it says nothing" } : { kind: "silent" }),
    PROBE_TIMEOUT_MS,
  );
  socket.once("connect", () => connected = true);
  socket.once(tls === null ? "connect" : "secureConnect", () => resolve({ socket }));
  socket.on("error", (error: Error & { readonly code?: string }) => {
    if (connected && tls !== null) fail({ kind: "no-tls", reason: error.message });
    else fail(failureOf(error, tls !== null));
  });
  socket.once("close", () => fail({ kind: "no-tls", reason: "it ended the connection" }));
  return promise.finally(() => clearTimeout(timer));
}

function failureOf(error: Error & { readonly code?: string }, tls: boolean): Probe {
  switch (error.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { kind: "unknown-host" };
    case "ECONNREFUSED":
      return { kind: "refused" };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { kind: "silent" };
    default:
      return { kind: tls ? "no-tls" : "unreachable", reason: error.message };
  }
}

/** The answer's body; null when none comes, or one that is no answer. */
function ask(socket: Socket, bytes: Uint8Array, correlationId: number): Promise<Buffer | null> {
  const { promise, resolve } = Promise.withResolvers<Buffer | null>();
  let got: Buffer = Buffer.alloc(0);
  const nothing = () => resolve(null);
  const take = (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    if (got.length < 8) return;
    const length = got.readInt32BE(0);
    if (length < 4 || length > MAX_ANSWER_BYTES || got.readInt32BE(4) !== correlationId) nothing();
    else if (got.length >= 4 + length) resolve(got.subarray(8, 4 + length));
  };
  const timer = setTimeout(nothing, PROBE_TIMEOUT_MS);
  socket.on("data", take);
  socket.once("error", nothing);
  socket.once("close", nothing);
  socket.write(bytes);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off("data", take);
    socket.off("error", nothing);
    socket.off("close", nothing);
  });
}

function request(
  key: number,
  version: number,
  correlationId: number,
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const client = text(CLIENT_ID);
  const head = Buffer.alloc(12);
  head.writeInt32BE(8 + client.length + body.length, 0);
  head.writeInt16BE(key, 4);
  head.writeInt16BE(version, 6);
  head.writeInt32BE(correlationId, 8);
  return Buffer.concat([head, client, body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}

/** Null when the listener has no use for a login. */
function mechanismsOf(answer: Buffer): readonly string[] | null {
  const error = answer.length < 6 ? -1 : answer.readInt16BE(0);
  if (error !== 0 && error !== ERROR_UNSUPPORTED_MECHANISM) return null;
  const mechanisms: string[] = [];
  let at = 6;
  for (let left = answer.readInt32BE(2); left > 0 && at + 2 <= answer.length; left--) {
    const end = at + 2 + answer.readInt16BE(at);
    mechanisms.push(answer.toString("utf8", at + 2, end));
    at = end;
  }
  return mechanisms;
}
