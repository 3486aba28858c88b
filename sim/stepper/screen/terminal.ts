/**
 * A terminal, as a program on a screen needs one.
 *
 * @module
 */

import type { ScreenSize } from "./frame.ts";
import type { Key } from "./key.ts";

/** What a terminal tells. */
export type TerminalEvent =
  | { readonly kind: "key"; readonly key: Key }
  /** The screen has another size, or what it showed is gone: draw all of it. */
  | { readonly kind: "resized"; readonly size: ScreenSize }
  /** Nobody will press a key again: the terminal is gone. */
  | { readonly kind: "closed" };

/** A terminal that is taken over, until it is given back. */
export interface Terminal extends Disposable {
  size(): ScreenSize;
  write(text: string): void;
  /** Who is told; one listener, and what comes before there is one waits. */
  listen(listener: (event: TerminalEvent) => void): void;
  /**
   * Gives the terminal back to the shell, as Ctrl-Z does, and takes it again when the shell lets the
   * program go on.
   *
   * @throws {Error} when the program cannot be suspended here
   */
  suspend(): Promise<void>;
  /** Leaves the terminal as it was found. Idempotent. */
  [Symbol.dispose](): void;
}
