/**
 * Why a broker hangs up on us. One that wants TLS or SASL and gets none does so without a word, as does
 * one that is stopped just then: it is asked again, in a way that only one of them answers.
 *
 * @module
 */

import { Connection, type ConnectionOptions, saslHandshakeV1 } from "./library.ts";
import { CLIENT_ID, CONNECT_TIMEOUT_MS } from "../cluster_settings.ts";
import type { Endpoint } from "../endpoint.ts";
import { WANTS_TLS } from "./client_errors.ts";
import type { ConnectionPlan } from "./connection_options.ts";
import { endConnection } from "./connection_end.ts";
import { faultsOf } from "./library_faults.ts";

/** What a broker says to one who asks for SASL. */
type Reply =
  | { readonly kind: "nothing" }
  | { readonly kind: "wants-tls" }
  /** Empty when it wants no SASL. */
  | { readonly kind: "offers"; readonly mechanisms: readonly string[] };

/**
 * What is wrong with the way we come, and what would be right; null when nothing is, or the signal has
 * ended it.
 */
export async function diagnose(
  broker: Endpoint,
  plan: ConnectionPlan,
  signal: AbortSignal,
): Promise<string | null> {
  const { tls: _tls, tlsServerName: _name, sasl: _sasl, ...plain } = plan.optionsFor(broker);
  const { sasl: _, ...asConfigured } = plan.optionsFor(broker);
  const to = plan.reach(broker);
  const reply = await askForSasl(to, asConfigured, signal);
  if (reply.kind === "wants-tls") return WANTS_TLS;
  if (reply.kind === "offers") {
    return plan.sasl || reply.mechanisms.length === 0
      ? null
      : `the broker wants SASL (${reply.mechanisms.join(", ")}); say so with sasl`;
  }
  if (!plan.tls) return null;
  const unencrypted = await askForSasl(to, plain, signal);
  return unencrypted.kind === "offers"
    ? "the broker does not speak TLS at this port; leave tls out or take another port"
    : null;
}

async function askForSasl(
  { host, port }: Endpoint,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Reply> {
  if (signal.aborted) return { kind: "nothing" };
  const connection = new Connection(CLIENT_ID, options);
  connection.on("error", () => {});
  const stop = () => connection.socket?.destroy();
  const timer = setTimeout(stop, CONNECT_TIMEOUT_MS);
  signal.addEventListener("abort", stop);
  try {
    await connection.connect(host, port);
    const { mechanisms } = await saslHandshakeV1.api.async(connection, "PLAIN");
    return { kind: "offers", mechanisms };
  } catch (error) {
    return replyIn(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await endConnection(connection);
  }
}

/** A broker without PLAIN, and one without SASL, answer with an error. */
function replyIn(error: unknown): Reply {
  const faults = faultsOf(error);
  if (faults.some(({ wantsTls }) => wantsTls)) return { kind: "wants-tls" };
  return faults.some(({ answer }) => answer !== null)
    ? { kind: "offers", mechanisms: faults.flatMap(({ mechanisms }) => mechanisms) }
    : { kind: "nothing" };
}
