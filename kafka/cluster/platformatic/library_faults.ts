/**
 * What is inside the library's errors: it wraps them several times over, and sets at run time what its
 * types do not have.
 *
 * @module
 */

/** One of the errors inside an error. */
export interface Fault {
  /** The library's or Node's; "" without one. */
  readonly code: string;
  readonly message: string;
  /** The name in Kafka's table if a broker answered with it; null otherwise. */
  readonly answer: string | null;
  /** The broker's own words, where it has any. */
  readonly brokerSays: string | null;
  /** What a broker offers instead of the SASL mechanism that it refused. */
  readonly mechanisms: readonly string[];
  /** Whether a broker answered in TLS to one who does not speak it. */
  readonly wantsTls: boolean;
  /** Whether TLS does not trust the broker's certificate. */
  readonly certificate: boolean;
}

/** Errors within errors beyond this depth are nobody's. */
const MOST_CAUSES = 8;

/** TLS does not trust a certificate, by Node's codes. */
const CERTIFICATE =
  /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The error, its causes and its parts, outermost first. */
export function faultsOf(error: unknown, depth = 0): readonly Fault[] {
  if (!(error instanceof Error) || depth > MOST_CAUSES) return [];
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  // One response may carry a code for itself and more for its parts.
  return [faultOf(error), ...inner.flatMap((part) => faultsOf(part, depth + 1))];
}

function faultOf(error: Error): Fault {
  const code = textField(error, "code") ?? "";
  return {
    code,
    message: error.message,
    answer: textField(error, "apiId"),
    brokerSays: textField(error, "serverErrorMessage"),
    mechanisms: mechanismsIn(field(error, "response")),
    wantsTls: error.message === "Broker requires TLS.",
    certificate: CERTIFICATE.test(code),
  };
}

function mechanismsIn(response: unknown): readonly string[] {
  const mechanisms = field(response, "mechanisms");
  return Array.isArray(mechanisms) ? mechanisms.map(String) : [];
}

function textField(of: unknown, name: string): string | null {
  const value = field(of, name);
  return typeof value === "string" ? value : null;
}

/** What an object has under this name, whatever its type says. */
export function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
