/**
 * What went wrong without a broker's answer, told as a {@link KafkaClientError}. The library's own
 * errors hold addresses and the broker's words, never what we log in with.
 *
 * @module
 */

import { clientFailure, codedFailure } from "../client_failures.ts";
import { KafkaClientError } from "../kafka_client.ts";

/** No connection, or none any more. */
export function connectionFailure(endpoint: string, why: string, cause?: unknown) {
  return clientFailure("CONNECTION", `reach the broker ${endpoint}`, why, cause);
}

/** Not let in. */
export function authenticationFailure(endpoint: string, why: string, cause?: unknown) {
  return clientFailure("AUTHENTICATION", `log in to the broker ${endpoint}`, why, cause);
}

/** No answer in time. */
export function timeoutFailure(endpoint: string, request: string, timeoutMs: number) {
  const doing = `wait longer for ${request} from ${endpoint}`;
  return clientFailure("REQUEST_TIMEOUT", doing, `no answer in ${timeoutMs} ms`);
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
      return codedFailure(code ?? -1, `ask the broker ${endpoint}`, message);
    default:
      return clientFailure("OTHER", `ask the broker ${endpoint}`, message, error);
  }
}

function libraryError(error: unknown): { name: string; message: string; code: number | null } {
  if (!(error instanceof Error)) return { name: "", message: String(error), code: null };
  const code = "code" in error && typeof error.code === "number" ? error.code : null;
  return { name: error.name, message: error.message, code };
}
