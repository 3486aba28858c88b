/**
 * `deno task actors` with one trading engine, as a process of its own that is to be killed.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A process that serves a share of the trading engine's partitions. */
export class EngineProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: Deno.ChildProcess, ended: Promise<unknown>) {
    this.#child = child;
    this.#ended = ended;
  }

  /** Resolves when its engine has joined. */
  static async start(
    { run, name, config }: {
      readonly run: string;
      /** Ends its engine's name. */
      readonly name: string;
      readonly config: ClusterLogConfig;
    },
  ): Promise<EngineProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-check", "--allow-read", "--allow-write", "--allow-env"],
        ...["--allow-net", "sim/actors_command.ts", "--only", "trading-engine", "--run", run],
        ...["--brokers", config.brokers.join(","), "--client", config.client ?? "kafkajs"],
        ...["--name", name],
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const joined = Promise.withResolvers<void>();
    const reading = (async () => {
      let out = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        out += text;
        if (out.includes("joined run")) joined.resolve();
      }
      joined.reject(new Error(`Cannot start an engine's process: ${out}`));
    })();
    joined.promise.catch(() => {});
    const started = new EngineProcess(child, Promise.all([child.status, reading]));
    try {
      await joined.promise;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** SIGKILL: nothing of it has time to say anything. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.kill();
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#ended;
  }
}
