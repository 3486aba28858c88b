/**
 * The limits of live stepping, each with its name: a debugger that was forgotten, that hangs or that
 * lies must not hold up a run.
 *
 * @module
 */

/** Who may be attached to one process at a time. */
export const MAX_CLIENTS = 4;

/** Connections at a time that have not shown the token yet; further ones are closed at once. */
export const MAX_STRANGERS = 8;

/** The token must be shown within so long. */
export const HELLO_WITHIN_MS = 2_000;

/** A line that a client sends. */
export const MAX_REQUEST_CHARACTERS = 4_096;

/** A line that a client is sent: the list of all actors of a process is the longest. */
export const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;

/** Requests of one client that are being worked on; further ones are not read before. */
export const MAX_REQUESTS_UNDER_WAY = 8;

/** A client that takes nothing of what it is sent for so long is taken for dead. */
export const WRITE_WITHIN_MS = 10_000;

/** Runtime events that may wait for a client; the oldest are dropped, and the client is told. */
export const MAX_EVENTS_WAITING = 1_000;

/** An actor that is suspended is resumed when nobody has stepped it for so long. */
export const HELD_IDLE_MS = 15 * 60_000;

/** How long a step looks for a record that is known to be there: on a cluster it must be fetched. */
export const STEP_PATIENCE_MS = 3_000;

/** Between two looks. */
export const STEP_LOOK_MS = 20;

/** Clients are told of the end for so long before their connections are closed. */
export const FAREWELL_MS = 500;

/** A client waits so long for an answer. */
export const ANSWER_WITHIN_MS = 15_000;

/** And so long for the first one: who has taken a dead process's port may never give any. */
export const WELCOME_WITHIN_MS = 5_000;

/** Records of a step that are read back; of more only the number is told. */
export const MAX_RECORDS_SHOWN = 50;

/** Records folded again, after a snapshot, to tell what was decided in a step: about a second's work. */
export const MAX_FOLDED_FOR_A_STEP = 100_000;

/** Folds kept to tell what is decided next: of the partitions that were fed last. */
export const MAX_FOLDS_KEPT = 16;

/** Steps and news that a session keeps to be looked at again. */
export const KEPT = 200;
