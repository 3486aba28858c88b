/**
 * Errors as they cross from one thread to another: plain data, because a structured clone of an error
 * loses its code, its cause and its class.
 *
 * @module
 */

/** An error as data. */
export interface PlainError {
  /** The name of its class. */
  readonly name: string;
  /** In words. */
  readonly message: string;
  /** A machine-readable code where the error had one. */
  readonly code: string | null;
  /** Where it was thrown, in the actor's own thread. */
  readonly stack: string | null;
  /** Whether the same call may succeed later without anyone mending anything. */
  readonly retriable: boolean;
}

/** What a thrown value says, whatever it is. Never throws. */
export function toPlainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) {
    return { name: "Error", message: describe(thrown), code: null, stack: null, retriable: false };
  }
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
  return {
    name: thrown.name,
    message: thrown.message,
    code,
    stack: thrown.stack ?? null,
    retriable: "retriable" in thrown && thrown.retriable === true,
  };
}

function describe(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return `a value that is no error was thrown: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch (error) {
    // A cycle, a bigint or a hostile toJSON: its own complaint is all there is to tell.
    return `a value that is no error was thrown and cannot be shown: ${String(error)}`;
  }
}

/** Why the runtime could not carry a call to an actor. */
export type ActorCallErrorCode = "actor-down" | "actor-timeout" | "actor-busy";

/** A call to an actor that brought no answer. */
export class ActorCallError extends Error {
  /** Down, late with its answer, or with too many calls waiting. */
  readonly code: ActorCallErrorCode;
  /** Always: the next incarnation, or the same one later, may answer. */
  readonly retriable: boolean;

  /** The message is action, colon, state. */
  constructor(code: ActorCallErrorCode, message: string) {
    super(message);
    this.name = "ActorCallError";
    this.code = code;
    // The next incarnation, or the same one when it is less busy, may well answer.
    this.retriable = true;
  }
}

/** A call that the actor answered with an error; name, code and stack are the actor's. */
export class RemoteError extends Error {
  /** As the actor's error had it. */
  readonly code: string | null;
  /** As the actor's error had it. */
  readonly retriable: boolean;
  /** Where the actor threw it, in its own thread. */
  readonly remoteStack: string | null;

  /** Of the error as it came over. */
  constructor(error: PlainError) {
    super(error.message);
    this.name = error.name;
    this.code = error.code;
    this.retriable = error.retriable;
    this.remoteStack = error.stack;
  }
}
