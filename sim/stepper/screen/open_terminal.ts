/**
 * The terminal of this process, taken over for a program and given back as it was, however the program
 * ends: by its own will, by a signal, or by an error that nobody caught.
 *
 * @module
 */

import { PassThrough } from "node:stream";
import { emitKeypressEvents } from "node:readline";
import { HIDE_CURSOR, type ScreenSize, SHOW_CURSOR } from "./frame.ts";
import { keyOf, type KeyPress } from "./key.ts";
import { suspendJob } from "./suspend_job.ts";
import type { Terminal, TerminalEvent } from "./terminal.ts";

/** Another screen, whose lines are not broken at the edge; the shell's stays as it was. */
const ENTER = `\x1b[?1049h\x1b[?7l${HIDE_CURSOR}`;
const LEAVE = `\x1b[?7h\x1b[0m${SHOW_CURSOR}\x1b[?1049l`;

/** What ends the process from outside, and the exit code that shells expect of it. */
const ENDING_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** So long after an Escape nothing more belongs to it: it was the key itself. */
const ESCAPE_MS = 50;

/** Bytes of keys that are taken at once. */
const READ_BYTES = 1_024;

/** What a terminal is taken to be that does not tell. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** Takes over the terminal of standard input and output. @throws {Error} when they are none */
export function openTerminal(): Terminal {
  return new ProcessTerminal();
}

class ProcessTerminal implements Terminal {
  readonly #waiting: TerminalEvent[] = [];
  readonly #onSignal = new Map<Deno.Signal, () => void>();
  readonly #giveBack = () => this.#leave();
  #listener: ((event: TerminalEvent) => void) | null = null;
  #taken = false;
  #isOver = false;

  constructor() {
    for (const [signal, code] of Object.entries(ENDING_SIGNALS)) {
      // Object.entries forgets which keys there are.
      this.#on(signal as Deno.Signal, () => {
        this.#leave();
        Deno.exit(code);
      });
    }
    this.#on("SIGWINCH", () => this.#resized());
    this.#on("SIGCONT", () => this.#continued());
    globalThis.addEventListener("unload", this.#giveBack);
    globalThis.addEventListener("error", this.#giveBack);
    globalThis.addEventListener("unhandledrejection", this.#giveBack);
    this.#enter();
    void this.#readKeys();
  }

  size(): ScreenSize {
    try {
      const { columns, rows } = Deno.consoleSize();
      return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
    } catch {
      return DEFAULT_SIZE; // A terminal that is gone has no size; its end is told by itself.
    }
  }

  write(text: string): void {
    if (this.#taken) writeAll(text);
  }

  listen(listener: (event: TerminalEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#waiting.splice(0)) listener(event);
  }

  async suspend(): Promise<void> {
    this.#leave();
    try {
      await suspendJob();
    } finally {
      this.#enter();
      this.#resized();
    }
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#isOver = true;
    for (const [signal, listener] of this.#onSignal) Deno.removeSignalListener(signal, listener);
    globalThis.removeEventListener("unload", this.#giveBack);
    globalThis.removeEventListener("error", this.#giveBack);
    globalThis.removeEventListener("unhandledrejection", this.#giveBack);
  }

  #on(signal: Deno.Signal, listener: () => void): void {
    this.#onSignal.set(signal, listener);
    Deno.addSignalListener(signal, listener);
  }

  #enter(): void {
    if (this.#taken || this.#isOver) return;
    Deno.stdin.setRaw(true);
    this.#taken = true;
    writeAll(ENTER);
  }

  #leave(): void {
    if (!this.#taken) return;
    this.#taken = false;
    try {
      writeAll(LEAVE);
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal is gone, and with it what was to be put right.
    }
  }

  #resized(): void {
    this.#tell({ kind: "resized", size: this.size() });
  }

  /** Stopped by another than itself and let go on: the shell has set the terminal meanwhile. */
  #continued(): void {
    if (!this.#taken) return;
    Deno.stdin.setRaw(false);
    this.#taken = false;
    this.#enter();
    this.#resized();
  }

  async #readKeys(): Promise<void> {
    const input = new PassThrough();
    // Node takes an interface there, of which it reads this one field.
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as never);
    input.on("keypress", (typed: string | undefined, press: KeyPress) => {
      const key = keyOf(typed, press);
      if (key !== null) this.#tell({ kind: "key", key });
    });
    const bytes = new Uint8Array(READ_BYTES);
    for (;;) {
      // A terminal that is gone gives an error instead of an end.
      const count = await Deno.stdin.read(bytes).catch(() => null);
      if (count === null || this.#isOver) break;
      input.write(bytes.slice(0, count));
    }
    this.#tell({ kind: "closed" });
  }

  #tell(event: TerminalEvent): void {
    if (this.#isOver) return;
    if (this.#listener === null) this.#waiting.push(event);
    else this.#listener(event);
  }
}

const encoder = new TextEncoder();

/** At once and whole, so that it is also done when the process ends right after. */
function writeAll(text: string): void {
  const bytes = encoder.encode(text);
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}
