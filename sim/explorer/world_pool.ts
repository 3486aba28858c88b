/**
 * Threads that play worlds, so that every core is used. One that dies or never answers costs its world,
 * which counts as a finding, and is replaced.
 *
 * @module
 */

import { EXPLORE_FOLDER } from "./audit_place.ts";
import type { PlayAnswer, PlayTask } from "./explorer_worker.ts";
import type { PlayedWorld } from "./play_world.ts";
import type { World } from "./world.ts";

/** So long, in real time, no world takes: its thread spins. */
const DEADLINE_MS = 180_000;

/** A pool of threads. At most {@link size} plays may be asked for at once. */
export class WorldPool implements Disposable {
  readonly size: number;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor(size: number) {
    this.size = size;
  }

  /** Plays a world. Never rejects: what goes wrong is a violation of `goes-on`. */
  async play(world: World, twice: boolean): Promise<PlayedWorld> {
    const worker = this.#idle.pop() ?? this.#start();
    const answer = await this.#ask(worker, { world, twice });
    if (answer === null || "error" in answer) {
      this.#end(worker);
      return brokenOff(answer?.error ?? `it did not end within ${DEADLINE_MS / 1_000} s`);
    }
    this.#idle.push(worker);
    return answer.played;
  }

  /** Ends all threads; plays under way never settle. */
  [Symbol.dispose](): void {
    for (const worker of this.#all) this.#end(worker);
  }

  #start(): Worker {
    const folders = [EXPLORE_FOLDER];
    const worker = new Worker(new URL("./explorer_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: { read: folders, write: folders } },
    });
    this.#all.add(worker);
    return worker;
  }

  #end(worker: Worker): void {
    worker.terminate();
    this.#all.delete(worker);
  }

  #ask(worker: Worker, task: PlayTask): Promise<PlayAnswer | null> {
    return new Promise((resolve) => {
      const settle = (answer: PlayAnswer | null) => {
        clearTimeout(timer);
        worker.onmessage = null;
        worker.onerror = null;
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), DEADLINE_MS);
      worker.onmessage = ({ data }: MessageEvent<PlayAnswer>) => settle(data);
      worker.onerror = (event) => {
        // Else it would end the whole process.
        event.preventDefault();
        settle({ error: event.message });
      };
      worker.postMessage(task);
    });
  }
}

function brokenOff(why: string): PlayedWorld {
  const violation = { invariant: "goes-on", text: `the play broke off: ${why}`, chain: [] };
  return {
    violation,
    violations: [violation],
    digest: null,
    reached: {},
    faults: [],
    records: 0,
    virtualMs: 0,
    events: 0,
  };
}
