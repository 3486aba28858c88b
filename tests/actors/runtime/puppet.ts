/**
 * An actor that does what it is asked to, for tests of the hosts.
 *
 * @module
 */

import type { Actor, ActorReport, ActorStart } from "../../../actors/runtime/actor.ts";
import { type Clock, systemClock } from "../../../actors/runtime/clock.ts";
import { deferred } from "../../../actors/runtime/deferred.ts";

/** How the puppet starts and stops. */
export interface PuppetOptions {
  readonly start?: "well" | "never" | "throws";
  readonly stop?: "well" | "never" | "throws";
  /** Sends `beat` to its owner, and tells it, every so many milliseconds. */
  readonly beatEveryMs?: number;
}

/** What it can be asked. */
export type PuppetQuestion =
  | { readonly do: "echo"; readonly value: unknown }
  | { readonly do: "coded-error" | "never-answer" | "finish" | "fail-run" | "faults" }
  | { readonly do: "unhandled-rejection" | "throw-in-timer" | "close" | "exit" }
  | { readonly do: "connect"; readonly port: number }
  | { readonly do: "write" | "read"; readonly path: string }
  | { readonly do: "env"; readonly name: string }
  | { readonly do: "send"; readonly count: number; readonly how: "send" | "trySend" }
  | { readonly do: "tell"; readonly count: number };

class CodedError extends Error {
  override readonly name = "CodedError";
  readonly code = "coded";
  readonly retriable = true;
}

class Puppet implements Actor {
  readonly #start: ActorStart<PuppetOptions>;
  readonly #clock: Clock;
  readonly #run = deferred<void>();
  #phase: ActorReport["phase"] = "running";
  #steps = 0;

  constructor(start: ActorStart<PuppetOptions>, clock: Clock) {
    this.#start = start;
    this.#clock = clock;
  }

  run(): Promise<void> {
    const { beatEveryMs } = this.#start.options;
    if (beatEveryMs !== undefined) void this.#beat(beatEveryMs);
    return this.#run.promise;
  }

  stop(): void {
    if (this.#start.options.stop === "throws") throw new Error("will not stop");
    if (this.#start.options.stop === "never") return;
    this.#phase = "stopping";
    this.#run.resolve();
  }

  suspend(): void {
    this.#phase = "suspended";
  }

  resume(): void {
    this.#phase = "running";
  }

  step(): Promise<null> {
    this.#steps++;
    return Promise.resolve(null);
  }

  report(): ActorReport {
    return { phase: this.#phase, assignment: ["topic/0"], counters: { steps: this.#steps } };
  }

  async ask(question: unknown): Promise<unknown> {
    const asked = question as PuppetQuestion; // The tests ask nothing else.
    switch (asked.do) {
      case "echo":
        return asked.value;
      case "coded-error":
        throw new CodedError("an error with a code");
      case "never-answer":
        return await new Promise(() => {});
      case "finish":
        return this.#run.resolve();
      case "faults":
        return this.#start.faults.active;
      case "fail-run":
        return this.#run.reject(new CodedError("the run failed"));
      case "unhandled-rejection":
        return void Promise.reject(new CodedError("nobody handles it"));
      case "throw-in-timer":
        return void setTimeout(() => {
          throw new CodedError("thrown in a timer");
        });
      case "close":
        return self.close();
      case "exit":
        return Deno.exit(3);
      case "connect": {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port: asked.port });
        return connection.close();
      }
      case "write":
        return await Deno.writeTextFile(asked.path, "written");
      case "read":
        return await Deno.readTextFile(asked.path);
      case "env":
        return Deno.env.get(asked.name) ?? null;
      case "send":
        return await this.#send(asked.count, asked.how);
      case "tell":
        for (let i = 0; i < asked.count; i++) this.#start.tell({ kind: "note", text: `${i}` });
        return null;
    }
  }

  async #beat(everyMs: number): Promise<void> {
    while (this.#phase === "running") {
      this.#start.channel.trySend("beat");
      this.#start.tell({ kind: "note", text: "beat" });
      await this.#clock.sleep(everyMs);
    }
  }

  async #send(count: number, how: "send" | "trySend"): Promise<number> {
    const { channel } = this.#start;
    for (let i = 0; i < count; i++) {
      if (how === "send") await channel.send(i);
      else channel.trySend(i);
    }
    return count;
  }
}

/** Makes a puppet. */
export async function createPuppet(
  start: ActorStart<PuppetOptions>,
  clock: Clock = systemClock,
): Promise<Actor> {
  if (start.options.start === "throws") throw new CodedError("the factory failed");
  if (start.options.start === "never") await new Promise(() => {});
  return new Puppet(start, clock);
}
