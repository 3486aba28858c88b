/**
 * What is wrong with a file that prices should come from.
 *
 * @module
 */

/** What is wrong with a file of prices, and where. */
export class PriceFileError extends Error {
  readonly path: string;
  /** From 1; null when it is about the file as a whole. */
  readonly line: number | null;

  constructor(message: string, options: { path: string; line?: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PriceFileError";
    this.path = options.path;
    this.line = options.line ?? null;
  }
}
