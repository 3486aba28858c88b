/**
 * Reads a Prometheus endpoint as a monitoring system would.
 *
 * @module
 */

import assert from "node:assert/strict";
import parsePrometheusTextFormat from "parse-prometheus-text-format";

/** What a parser makes of one line, or of a histogram's. */
interface ParsedValue {
  readonly value?: string;
  readonly count?: string;
  readonly sum?: string;
  readonly buckets?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One metric of a scrape. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly ParsedValue[];
}

/** Everything that an endpoint served at once. */
export class Scraped {
  readonly families: readonly ParsedFamily[];

  constructor(text: string) {
    // The parser's own types say `any`; these are what its documentation shows.
    this.families = parsePrometheusTextFormat(text) as readonly ParsedFamily[];
  }

  /** Reads an endpoint. */
  static async from(url: string): Promise<Scraped> {
    const response = await fetch(url);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    return new Scraped(text);
  }

  /** A metric. Fails when it is missing. */
  family(name: string): ParsedFamily {
    const found = this.families.find((family) => family.name === name);
    assert.ok(found, `${name} is not among ${this.families.map(({ name }) => name).join(", ")}`);
    return found;
  }

  /** The sum of a metric's values that have these labels. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.family(name).metrics
      .filter((metric) => Object.entries(labels).every(([key, of]) => metric.labels?.[key] === of))
      .reduce((sum, { value }) => sum + Number(value), 0);
  }
}
