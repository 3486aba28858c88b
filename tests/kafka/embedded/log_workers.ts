/**
 * Starts {@link LogTask}s in workers that may read and write the log's folder and nothing else.
 *
 * @module
 */

import { dirname } from "node:path";
import type { LogTask } from "./log_worker.ts";

/** A worker at its task. */
export class LogWorker implements Disposable {
  readonly #worker: Worker;
  readonly #heard: string[] = [];
  #listening: (() => void) | null = null;
  #failure: Error | null = null;

  private constructor(path: string) {
    this.#worker = new Worker(new URL("./log_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: { read: [dirname(path)], write: [dirname(path)] } },
    });
    this.#worker.onmessage = ({ data }) => {
      this.#heard.push(data);
      this.#listening?.();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`Cannot go on in a worker: ${event.message}`);
      this.#listening?.();
    };
  }

  static async start(path: string, task: LogTask): Promise<LogWorker> {
    const worker = new LogWorker(path);
    await worker.hears("loaded");
    worker.#worker.postMessage({ path, task });
    return worker;
  }

  /** Resolves once the worker has said the word. */
  async hears(word: string): Promise<void> {
    while (!this.#heard.includes(word)) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => this.#listening = resolve);
    }
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
