/**
 * What the library throws, as errors of the port. No word of a request's content gets into them, so no
 * secret does.
 *
 * @module
 */

import { protocolErrors } from "./library.ts";
import { type ClientFailure, KafkaClientError } from "../kafka_client.ts";
import { type Fault, faultsOf } from "./library_faults.ts";

/** Failures that the same request may outlive. */
const RETRIABLE_FAILURES: ReadonlySet<ClientFailure> = new Set(["CONNECTION", "REQUEST_TIMEOUT"]);

/** What is to be said to a broker that wants TLS and gets none. */
export const WANTS_TLS = "the broker wants TLS at this port; say so with tls";

/** A failure without a broker's answer. `doing` completes "Cannot ...". */
export function failure(
  type: ClientFailure,
  doing: string,
  state: string,
  cause?: unknown,
): KafkaClientError {
  return new KafkaClientError(type, `Cannot ${doing}: ${state}`, {
    retriable: RETRIABLE_FAILURES.has(type),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A broker's answer by Kafka's name of it. */
export function namedError(type: string, doing: string, detail: string): KafkaClientError {
  return new KafkaClientError(type, `Cannot ${doing}: ${type}: ${detail}`, {
    retriable: protocolErrors[type]?.canRetry ?? false,
  });
}

/** A broker's error code. @param detail the broker's own words, where it has any */
export function brokerError(code: number, doing: string, detail?: string | null): KafkaClientError {
  const known = ERRORS_BY_CODE.get(code);
  return known === undefined
    ? failure("OTHER", doing, `the broker answered with the unknown error code ${code}`)
    : namedError(known.id, doing, detail ?? known.message);
}

const ERRORS_BY_CODE = new Map(
  Object.values(protocolErrors).map((definition) => [definition.code, definition]),
);

/** Whatever a request threw. */
export function requestError(error: unknown, doing: string): KafkaClientError {
  if (error instanceof KafkaClientError) return error;
  const faults = faultsOf(error);
  const answered = faults.find(({ answer }) => answer !== null);
  if (answered?.answer != null) {
    return namedError(answered.answer, doing, answered.brokerSays ?? answered.message);
  }
  if (faults.some(({ wantsTls }) => wantsTls)) {
    return failure("AUTHENTICATION", doing, WANTS_TLS, error);
  }
  const type = faults.some(isLoss) ? "CONNECTION" : "OTHER";
  return failure(type, doing, stateOf(faults), error);
}

/** Whatever opening a connection threw. */
export function connectError(error: unknown, doing: string): KafkaClientError {
  const faults = faultsOf(error);
  const state = stateOf(faults);
  const refused = faults.find(({ answer }) => answer !== null);
  if (refused?.answer != null) {
    return failure("AUTHENTICATION", doing, refusalOf(refused, state), error);
  }
  if (faults.some(({ certificate }) => certificate)) {
    const right = "the broker's certificate must name its host, and tls.caFile hold its signer's";
    return failure("AUTHENTICATION", doing, `${state}; ${right}`, error);
  }
  // The library also calls it so when the broker is lost in the midst of it.
  const lost = faults.slice(1).some(isLoss);
  const refusedByUs = faults.some(({ code }) => code === "PLT_KFK_AUTHENTICATION");
  return failure(refusedByUs && !lost ? "AUTHENTICATION" : "CONNECTION", doing, state, error);
}

function refusalOf({ answer, mechanisms }: Fault, state: string): string {
  switch (answer) {
    case "UNSUPPORTED_SASL_MECHANISM":
      return `the broker does not offer this SASL mechanism; it offers ${mechanisms.join(", ")}`;
    case "ILLEGAL_SASL_STATE":
      return "the broker asks for no SASL at this port; leave sasl out or take another port";
    case "SASL_AUTHENTICATION_FAILED":
      return "the broker refused the username or the password";
    default:
      return state;
  }
}

function isLoss({ code }: Fault): boolean {
  return code === "PLT_KFK_NETWORK" || code === "PLT_KFK_TIMEOUT" || /^E[A-Z]+$/.test(code);
}

/** The innermost says most. */
function stateOf(faults: readonly Fault[]): string {
  const messages = faults.map(({ message }) => message.replace(/[.:\s]+$/, ""))
    .filter((message, index) => index > 0 || !/^Connection to \S+ failed$/.test(message));
  return [...new Set(messages)].toReversed().join(": ") || "it failed without a word";
}
