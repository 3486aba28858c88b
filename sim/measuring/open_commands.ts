/**
 * The commands that have no answer yet.
 *
 * @module
 */

/** Commands remembered at most. Past it, how many are unanswered is no longer told. */
const MAX_OPEN_COMMANDS = 1_000_000;

/** Answers remembered whose intent was not seen yet; intents and answers are read side by side. */
const MAX_EARLY_ANSWERS = 100_000;

/** Matches intents with answers by the command's id, in either order of arrival. */
export class OpenCommands {
  readonly #open = new Set<string>();
  readonly #early = new Set<string>();
  #overflowed = false;

  /** How many are open, or null when that is no longer known. */
  get count(): number | null {
    return this.#overflowed ? null : this.#open.size;
  }

  /** Opens a command. @returns whether it was answered already */
  intend(commandId: string): boolean {
    if (this.#early.delete(commandId)) return true;
    if (this.#open.size >= MAX_OPEN_COMMANDS) this.#overflowed = true;
    else this.#open.add(commandId);
    return false;
  }

  /**
   * Closes a command. An answer that is given once more may be to a command sent twice, or come
   * before its intent was read: it is kept for a while, and the oldest are forgotten.
   *
   * @returns whether the command was open
   */
  answer(commandId: string): boolean {
    if (this.#open.delete(commandId)) return true;
    this.#early.add(commandId);
    if (this.#early.size <= MAX_EARLY_ANSWERS) return false;
    for (const oldest of this.#early) {
      this.#early.delete(oldest);
      break;
    }
    return false;
  }
}
