/**
 * One node of a native cluster: a broker that is started, hurt and stopped.
 *
 * @module
 */

import { listenersOf, type NodePorts } from "./broker_settings.ts";
import type { NodePaths } from "./cluster_folder.ts";
import { HeldProcess, type HeldSignal } from "./held_process.ts";
import { classPath } from "./kafka_tools.ts";
import { NativeBrokerError } from "./native_broker_error.ts";
import { isOpen } from "./ports.ts";
import { lastLines } from "./run_program.ts";

/** Two seconds on an idle machine; a loaded one that must recover gigabytes takes far longer. */
const READY_DEADLINE_MS = 90_000;

/** How often it is looked whether the broker accepts clients. */
const READY_EVERY_MS = 25;

/** A clean stop takes one to seven seconds: the last of three waits for a quorum that is gone. */
export const STOP_DEADLINE_MS = 15_000;

/** How much of a broker's log an error repeats. */
const LOG_LINES = 12;

/** How a node's broker is run. */
export interface NodeRuntime {
  readonly libs: string;
  readonly java: string;
  readonly javaOptions: readonly string[];
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** A broker that is also a controller. */
export class NativeNode {
  /** From 1, as in Kafka's own tools. */
  readonly id: number;
  readonly ports: NodePorts;
  readonly paths: NodePaths;
  readonly #runtime: NodeRuntime;
  #process: HeldProcess | null = null;

  /** A node that is not started yet. */
  constructor(id: number, ports: NodePorts, paths: NodePaths, runtime: NodeRuntime) {
    this.id = id;
    this.ports = ports;
    this.paths = paths;
    this.#runtime = runtime;
  }

  /** `host:port` of the clients' listener. */
  get address(): string {
    return listenersOf(this.ports).get("PLAINTEXT")!; // Every node has it.
  }

  /** Whether its process lives, frozen or not. */
  get running(): boolean {
    return this.#process?.running ?? false;
  }

  /** Its process id; null when it does not run. */
  get pid(): number | null {
    return this.running ? this.#process!.pid : null;
  }

  /** Resolves with the exit code when its present process ends. @throws when it was never started */
  get ended(): Promise<number> {
    if (this.#process === null) throw new Error(`node ${this.id} was not started`);
    return this.#process.ended;
  }

  /**
   * Starts the broker; resolves when it accepts clients. Nothing to do where it runs.
   *
   * @throws {NativeBrokerError} `port-taken`, `broker-ended` or `not-ready`
   */
  async start(): Promise<void> {
    if (this.running) return;
    const { libs, java, javaOptions } = this.#runtime;
    const logFrom = await sizeOf(this.paths.log);
    this.#process = await HeldProcess.start({
      program: java,
      args: [
        ...javaOptions,
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
        ...["-cp", classPath(libs), "kafka.Kafka", this.paths.properties],
      ],
      logFile: this.paths.log,
      pidFile: this.paths.pid,
      graceSeconds: STOP_DEADLINE_MS / 1000,
    });
    await this.#untilReady(logFrom);
  }

  /** SIGKILL. Resolves when it has ended. */
  async kill(): Promise<void> {
    await this.signal("KILL");
    await this.#process?.ended;
  }

  /** Passes a signal to the process, if there is one. */
  async signal(signal: HeldSignal): Promise<void> {
    await this.#process?.signal(signal);
  }

  /** SIGTERM, also to a frozen one; SIGKILL when it takes too long. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (process === null || !process.running) return;
    await process.signal("CONT");
    await process.signal("TERM");
    const timer = Promise.withResolvers<"late">();
    const timeout = setTimeout(() => timer.resolve("late"), STOP_DEADLINE_MS);
    const first = await Promise.race([process.ended, timer.promise]);
    clearTimeout(timeout);
    if (first !== "late") return;
    this.#runtime.onLine?.(
      `node ${this.id} has not ended ${STOP_DEADLINE_MS / 1000} s after SIGTERM: killed`,
    );
    await this.kill();
  }

  async #untilReady(logFrom: number): Promise<void> {
    const deadline = performance.now() + READY_DEADLINE_MS;
    while (!await isOpen(this.ports.client)) {
      if (!this.running) throw await this.#endedAtStart(logFrom);
      if (this.#runtime.signal?.aborted) {
        throw new NativeBrokerError("stopped", "Kafka was stopped before it was ready");
      }
      if (performance.now() > deadline) throw await this.#notReady(logFrom);
      await new Promise((resolve) => setTimeout(resolve, READY_EVERY_MS));
    }
  }

  async #endedAtStart(logFrom: number): Promise<NativeBrokerError> {
    const code = await this.ended;
    const log = await textFrom(this.paths.log, logFrom);
    const taken = /bind to (\S+): Address already in use/.exec(log)?.[1];
    if (taken !== undefined) {
      return new NativeBrokerError(
        "port-taken",
        `Cannot start Kafka: ${taken} is taken by another program; end that program or give ` +
          "another first port (--port)",
      );
    }
    return new NativeBrokerError(
      "broker-ended",
      `Cannot start Kafka: node ${this.id} ended with exit code ${code}; see ${this.paths.log}, ` +
        `which ends with:\n${lastLines(log, LOG_LINES)}`,
    );
  }

  async #notReady(logFrom: number): Promise<NativeBrokerError> {
    const log = lastLines(await textFrom(this.paths.log, logFrom), LOG_LINES);
    return new NativeBrokerError(
      "not-ready",
      `Cannot start Kafka: node ${this.id} accepts no clients after ${
        READY_DEADLINE_MS / 1000
      } s; ` +
        `see ${this.paths.log}${
          log === "" ? ", which says nothing" : `, which ends with:\n${log}`
        }`,
    );
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function textFrom(path: string, offset: number): Promise<string> {
  return new TextDecoder().decode((await Deno.readFile(path)).subarray(offset));
}
