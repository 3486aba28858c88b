/**
 * Metrics that are read when they are asked for, in Prometheus's text format.
 *
 * @module
 */

import { Counter, Gauge, type Metric, Registry } from "prom-client";

/** What tells the values of one metric apart; each from a bounded set. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export type Sample = readonly [labels: Labels, value: number];

/** What a histogram has counted. */
export interface HistogramReading {
  /** Values up to each bound, those of lower bounds not among them; the last entry has no bound. */
  readonly counts: readonly number[];
  /** Of all values, in the metric's unit. */
  readonly sum: number;
}

/** A metric and its values as last read. */
export interface ReadMetric {
  /** Takes the place of all earlier values. */
  set(samples: readonly Sample[]): void;
}

/** A histogram as last read. */
export interface ReadHistogram {
  /** Takes the place of what was read before; null: nothing is known. */
  set(reading: HistogramReading | null): void;
}

/** What a metric is called and means. */
export interface MetricNaming {
  /** With its unit, by Prometheus's conventions. */
  readonly name: string;
  /** A sentence. */
  readonly help: string;
}

/** The metrics of one process. */
export class MetricRegistry {
  readonly #registry = new Registry();

  /** Of the text. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** A value that only grows, or begins again at 0. */
  counter(names: MetricNaming & { readonly labels?: readonly string[] }): ReadMetric {
    const counter = new Counter(this.#optionsOf(names));
    return {
      set: (samples) => {
        counter.reset();
        for (const [labels, value] of samples) counter.inc({ ...labels }, value);
      },
    };
  }

  /** A value of now. */
  gauge(names: MetricNaming & { readonly labels?: readonly string[] }): ReadMetric {
    const gauge = new Gauge(this.#optionsOf(names));
    return {
      set: (samples) => {
        gauge.reset();
        for (const [labels, value] of samples) gauge.set({ ...labels }, value);
      },
    };
  }

  /** Values by size, counted elsewhere. `bounds` are the upper ones, growing. */
  histogram({ name, help }: MetricNaming, bounds: readonly number[]): ReadHistogram {
    let latest: HistogramReading | null = null;
    const get = () =>
      Promise.resolve({
        name,
        help,
        type: "histogram",
        aggregator: "sum",
        values: latest === null ? [] : histogramValues(name, latest, bounds),
      });
    // The library's own histogram takes single values only. Of what is registered the registry calls
    // `get`, as its own metrics are called, and formats what that gives.
    const metric = { name, get } as unknown as Metric;
    this.#registry.registerMetric(metric);
    return { set: (reading) => latest = reading };
  }

  /** Everything as last set. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #optionsOf({ name, help, labels = [] }: MetricNaming & { readonly labels?: readonly string[] }) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

function histogramValues(
  name: string,
  { counts, sum }: HistogramReading,
  bounds: readonly number[],
) {
  let upTo = 0;
  const buckets = counts.map((count, i) => {
    upTo += count;
    const le = bounds[i] ?? "+Inf";
    return { metricName: `${name}_bucket`, labels: { le }, value: upTo };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: upTo },
  ];
}
