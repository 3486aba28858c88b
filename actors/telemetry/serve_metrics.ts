/**
 * A floor's metrics over HTTP, on loopback, in Prometheus's format: `GET /metrics`.
 *
 * @module
 */

import { refuseForeignPage } from "../notifier/loopback_only.ts";
import type { Clock } from "../runtime/clock.ts";
import {
  actorMetrics,
  eventMetrics,
  groupMetrics,
  logMetrics,
  type ObservedFloor,
  processMetrics,
} from "./floor_metrics.ts";
import { MetricRegistry, type ReadMetric } from "./metric_registry.ts";
import { type MetricSource, SourceReader } from "./metric_source.ts";

/** How an endpoint is opened. */
export interface MetricsOptions {
  /** A port of 127.0.0.1; 0 takes any that is free. */
  readonly port: number;
  /** Makes further metrics, read at every scrape with the floor's. */
  readonly sources?: (registry: MetricRegistry) => readonly MetricSource[];
}

/** An endpoint that listens. */
export interface MetricsEndpoint extends AsyncDisposable {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** The one that was taken. */
  readonly port: number;
  /** Listens no more. Idempotent. */
  close(): Promise<void>;
}

/** The port asked for cannot be had. Its message says which and what would be right. */
export class MetricsPortError extends Error {
  /** `port` is the one asked for. */
  constructor(port: number, cause: unknown) {
    super(
      `Cannot serve metrics: port ${port} of 127.0.0.1 is taken; give another, or 0 for any that is free`,
      { cause },
    );
    this.name = "MetricsPortError";
  }
}

/**
 * Serves a floor's metrics until it is closed; close it before the floor is stopped. Nothing is read
 * between two scrapes.
 *
 * @throws {MetricsPortError} when the port is taken
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { serveMetrics, startFloor } from "../../mod.ts";
 *
 * await using floor = await startFloor({ log: "memory", symbols: ["AAPL"] });
 * await using metrics = serveMetrics(floor, { port: 0 });
 * const text = await (await fetch(metrics.url)).text();
 * assert.match(text, /^outcry_log_up 1$/m);
 * ```
 */
export function serveMetrics(floor: ObservedFloor, options: MetricsOptions): MetricsEndpoint {
  const registry = new MetricRegistry();
  const events = eventMetrics(registry, floor);
  const scrape = new Scrape(registry, floor.runtime.clock, [
    actorMetrics(registry, floor),
    groupMetrics(registry, floor),
    logMetrics(registry, floor),
    events,
    processMetrics(registry),
    ...options.sources?.(registry) ?? [],
  ]);
  const abort = new AbortController();
  const server = listen(options.port, abort.signal, (request) => answer(request, scrape));
  const { port } = server.addr;
  const close = async () => {
    events.end();
    abort.abort();
    await server.finished;
    await scrape.settled();
  };
  return { port, url: `http://127.0.0.1:${port}/metrics`, close, [Symbol.asyncDispose]: close };
}

function listen(
  port: number,
  signal: AbortSignal,
  handler: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, signal, onListen: () => {} }, handler);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw new MetricsPortError(port, error);
    throw error;
  }
}

async function answer(request: Request, scrape: Scrape): Promise<Response> {
  const refusal = refuseForeignPage(request.headers);
  if (refusal !== null) return new Response(`${refusal}\n`, { status: 403 });
  if (new URL(request.url).pathname !== "/metrics") {
    return new Response("metrics are at /metrics\n", { status: 404 });
  }
  if (request.method !== "GET") {
    return new Response("metrics are read with GET\n", { status: 405, headers: { allow: "GET" } });
  }
  const text = await scrape.text();
  return new Response(text, { headers: { "content-type": scrape.contentType } });
}

/** Reads all sources, once however many ask at a time. */
class Scrape {
  readonly #registry: MetricRegistry;
  readonly #clock: Clock;
  readonly #readers: readonly SourceReader[];
  readonly #up: ReadMetric;
  readonly #took: ReadMetric;
  #underWay: Promise<string> | null = null;

  constructor(registry: MetricRegistry, clock: Clock, sources: readonly MetricSource[]) {
    this.#registry = registry;
    this.#clock = clock;
    this.#readers = sources.map((source) => new SourceReader(source, clock));
    this.#up = registry.gauge({
      name: "outcry_metrics_source_up",
      help:
        "1 when a source of metrics could be read for this scrape; else its metrics are missing.",
      labels: ["source"],
    });
    this.#took = registry.gauge({
      name: "outcry_metrics_scrape_seconds",
      help: "How long it took to read all sources.",
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#underWay ??= this.#read().finally(() => this.#underWay = null);
  }

  /** Resolves when no reading is under way. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => {});
  }

  async #read(): Promise<string> {
    const begun = this.#clock.now();
    const read = await Promise.all(this.#readers.map((reader) => reader.read()));
    this.#up.set(
      this.#readers.map(({ source }, i) => [{ source: source.name }, read[i] === true ? 1 : 0]),
    );
    this.#took.set([[{}, (this.#clock.now() - begun) / 1_000]]);
    return await this.#registry.text();
  }
}
