/**
 * What went wrong without a broker's answer, told as a {@link KafkaClientError}. The library's own
 * errors hold addresses and the broker's words, never what we log in with.
 *
 * @module
 */

import { KafkaClientError } from "../kafka_client.ts";
import { protocolError } from "./protocol_errors.ts";

/** No connection, or none any more. */
export function connectionFailure(endpoint: string, why: string, cause?: unknown) {
  const message = `Cannot reach the broker ${endpoint}: ${why}`;
  return new KafkaClientError("CONNECTION", message, { retriable: true, cause });
}

/** Not let in. */
export function authenticationFailure(endpoint: string, why: string, cause?: unknown) {
  const message = `Cannot log in to the broker ${endpoint}: ${why}`;
  return new KafkaClientError("AUTHENTICATION", message, { retriable: false, cause });
}

/** No answer in time. */
export function timeoutFailure(endpoint: string, request: string, timeoutMs: number) {
  const message =
    `Cannot wait longer for ${request} from ${endpoint}: no answer in ${timeoutMs} ms`;
  return new KafkaClientError("REQUEST_TIMEOUT", message, { retriable: true });
}

/** The client was closed. */
export function closedFailure(): KafkaClientError {
  return new KafkaClientError("CLOSED", "Cannot ask a broker: the client is closed", {
    retriable: false,
  });
}

/** Whatever a request through the library threw. */
export function asClientError(error: unknown, endpoint: string): KafkaClientError {
  if (error instanceof KafkaClientError) return error;
  const { name, message, code } = libraryError(error);
  switch (name) {
    case "KafkaJSConnectionError":
    case "KafkaJSConnectionClosedError":
      return connectionFailure(endpoint, message, error);
    case "KafkaJSSASLAuthenticationError":
      return authenticationFailure(endpoint, message, error);
    case "KafkaJSProtocolError":
      if (code === 58 || code === 33 || code === 34) {
        return authenticationFailure(endpoint, message, error);
      }
      return protocolError(code ?? -1, `ask the broker ${endpoint}`, message);
    default:
      return new KafkaClientError("OTHER", `Cannot ask the broker ${endpoint}: ${message}`, {
        retriable: false,
        cause: error,
      });
  }
}

function libraryError(error: unknown): { name: string; message: string; code: number | null } {
  if (!(error instanceof Error)) return { name: "", message: String(error), code: null };
  const code = "code" in error && typeof error.code === "number" ? error.code : null;
  return { name: error.name, message: error.message, code };
}
