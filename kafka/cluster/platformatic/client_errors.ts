/**
 * What the library throws, as errors of the port. No word of a request's content gets into them, so no
 * secret does.
 *
 * @module
 */

import { clientFailure, namedFailure } from "../client_failures.ts";
import { KafkaClientError } from "../kafka_client.ts";
import { type Fault, faultsOf } from "./library_faults.ts";

/** What is to be said to a broker that wants TLS and gets none. */
export const WANTS_TLS = "the broker wants TLS at this port; say so with tls";

/** Whatever a request threw. */
export function requestError(error: unknown, doing: string): KafkaClientError {
  if (error instanceof KafkaClientError) return error;
  const faults = faultsOf(error);
  const answered = faults.find(({ answer }) => answer !== null);
  if (answered?.answer != null) {
    return namedFailure(answered.answer, doing, answered.brokerSays ?? answered.message);
  }
  if (faults.some(({ wantsTls }) => wantsTls)) {
    return clientFailure("AUTHENTICATION", doing, WANTS_TLS, error);
  }
  const type = faults.some(isLoss) ? "CONNECTION" : "OTHER";
  return clientFailure(type, doing, stateOf(faults), error);
}

/** Whatever opening a connection threw. */
export function connectError(error: unknown, doing: string): KafkaClientError {
  const faults = faultsOf(error);
  const state = stateOf(faults);
  const refused = faults.find(({ answer }) => answer !== null);
  if (refused?.answer != null) {
    return clientFailure("AUTHENTICATION", doing, refusalOf(refused, state), error);
  }
  if (faults.some(({ certificate }) => certificate)) {
    const right = "the broker's certificate must name its host, and tls.caFile hold its signer's";
    return clientFailure("AUTHENTICATION", doing, `${state}; ${right}`, error);
  }
  // The library also calls it so when the broker is lost in the midst of it.
  const lost = faults.slice(1).some(isLoss);
  const refusedByUs = faults.some(({ code }) => code === "PLT_KFK_AUTHENTICATION");
  return clientFailure(refusedByUs && !lost ? "AUTHENTICATION" : "CONNECTION", doing, state, error);
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
