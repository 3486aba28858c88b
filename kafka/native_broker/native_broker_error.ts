/**
 * What stands in the way of a broker on this machine.
 *
 * @module
 */

/** Which way it failed. */
export type NativeBrokerErrorCode =
  | "java-missing"
  | "java-too-old"
  | "maven-missing"
  | "jars-unavailable"
  | "port-taken"
  | "folder-refused"
  | "broker-ended"
  | "not-ready"
  | "tool-failed"
  | "stopped";

/** A broker cannot be brought up. The message says what to do. */
export class NativeBrokerError extends Error {
  override readonly name = "NativeBrokerError";
  /** Which way it failed. */
  readonly code: NativeBrokerErrorCode;

  /** With the way it failed, the sentence and what it came from. */
  constructor(code: NativeBrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
