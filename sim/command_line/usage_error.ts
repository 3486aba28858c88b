/**
 * What is wrong with a command line.
 *
 * @module
 */

/** Arguments that make no sense. Its message lists what is wrong and what would be right. */
export class UsageError extends Error {
  /** One line each: option, what was found, what would be right. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "UsageError";
    this.problems = problems;
  }
}
