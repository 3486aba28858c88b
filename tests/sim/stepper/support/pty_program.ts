/**
 * A program on a terminal of its own: keys in, the screen read back from its bytes by a terminal's own
 * reader.
 */

import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { eventually } from "../../../support/eventually.ts";

/** What a program is started with. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a screen, or a shell's end, is waited for; machines may be busy. */
const PATIENCE_MS = 30_000;

/** Shell commands on a terminal. */
export class PtyProgram implements AsyncDisposable {
  readonly #pty: IPty;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  #isOver = false;
  /** All that was written. */
  raw = "";

  constructor(script: string, { columns = 80, rows = 24, env = {} }: PtyOptions = {}) {
    const size = { cols: columns, rows };
    this.#terminal = new xterm.Terminal({ ...size, allowProposedApi: true });
    const kept = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#pty = spawn("/bin/sh", ["-c", script], {
      ...size,
      cwd: new URL("../../../..", import.meta.url).pathname,
      env: { ...Object.fromEntries(kept), TERM: "xterm-256color", ...env },
    });
    this.#pty.onData((text) => {
      this.raw += text;
      this.#terminal.write(text);
    });
    this.#pty.onExit(() => this.#isOver = true);
  }

  /** Types a text, control characters and all. */
  write(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The screen's lines, without the spaces at their ends. */
  async screen(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.#terminal.write("", resolve));
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    );
  }

  /** Whether a program has taken the whole screen. */
  get isTaken(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** The screen as soon as it has a text. @throws showing the screen that there was instead */
  async until(what: string | RegExp): Promise<string> {
    let text = "";
    await this.#within(`the screen shows ${what}`, async () => {
      text = (await this.screen()).join("\n");
      return typeof what === "string" ? text.includes(what) : what.test(text);
    });
    return text;
  }

  /** Resolves when the shell has ended. @throws showing the screen when it does not */
  async ended(): Promise<void> {
    await this.#within("the shell has ended", () => this.#isOver);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A shell with a stopped job may not go by itself, and nothing is left behind.
    if (!this.#isOver) this.#pty.kill("SIGKILL");
    await this.ended();
    this.#terminal.dispose();
  }
  async #within(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    try {
      await eventually(what, holds, PATIENCE_MS);
    } catch (error) {
      // eventually() throws Errors.
      const shown = (await this.screen()).join("\n");
      throw new Error(`${(error as Error).message}; the screen shows\n${shown}`);
    }
  }
}
