/**
 * The values of options, read from their texts.
 *
 * @module
 */

import { resolve } from "node:path";
import { isTradesFormat, TRADES_FORMATS } from "../../actors/market_data_producer/trade_replay.ts";
import { MAX_INSTANCES } from "../../actors/topology.ts";
import type { PriceFile } from "../compile_scenario.ts";
import { DURATION_FORM, parseDuration } from "../duration.ts";
import { suggestion } from "../nearest.ts";
import { ACTOR_GROUPS, type ActorGroup, isActorGroup } from "../scenario_events.ts";
import { MAX_PHASE_MS } from "../scenario_schema.ts";

/** The options of a price file. */
export type PriceOptions = {
  readonly [name in "prices" | "format" | "speed" | "symbol"]?: string | undefined;
};

/** Reads texts as values and collects what is wrong with them. */
export class OptionReader {
  readonly #problems: string[];

  constructor(problems: string[]) {
    this.#problems = problems;
  }

  wholeNumber(name: string, text: string | undefined, min: number, max: number) {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return this.#refuse(name, text, `must be a whole number from ${min} to ${max}`);
  }

  positiveNumber(name: string, text: string | undefined) {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
    return this.#refuse(name, text, "must be a positive number");
  }

  duration(name: string, text: string | undefined) {
    if (text === undefined) return undefined;
    const ms = parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
    if (ms !== null && ms > 0 && ms <= MAX_PHASE_MS) return ms;
    return this.#refuse(name, text, `must be ${DURATION_FORM}, above 0 and at most a day`);
  }

  oneOf<T extends string>(name: string, text: string | undefined, words: readonly T[]) {
    if (text === undefined) return undefined;
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    return this.#refuse(name, text, `must be one of ${words.join(", ")}${suggestion(text, words)}`);
  }

  instances(texts: readonly string[]) {
    const instances: Partial<Record<ActorGroup, number>> = {};
    for (const text of texts.flatMap((list) => list.split(","))) {
      const [group = "", number = "", ...rest] = text.split("=").map((part) => part.trim());
      if (!isActorGroup(group)) {
        const right = `must be group=N with a group of ${ACTOR_GROUPS.join(", ")}`;
        this.#refuse("instances", text, right + suggestion(group, ACTOR_GROUPS));
      } else if (!/^\d{1,3}$/.test(number) || Number(number) > MAX_INSTANCES || rest.length > 0) {
        this.#refuse("instances", text, `must be ${group}=N with N from 0 to ${MAX_INSTANCES}`);
      } else instances[group] = Number(number);
    }
    return texts.length === 0 ? undefined : instances;
  }

  prices(values: PriceOptions): PriceFile | undefined {
    const { prices, format, symbol } = values;
    const speed = this.positiveNumber("speed", values.speed);
    if (format !== undefined && !isTradesFormat(format)) {
      this.#refuse("format", format, `must be one of ${TRADES_FORMATS.join(", ")}`);
      return undefined;
    }
    if (prices === undefined) {
      for (const name of ["format", "speed", "symbol"] as const) {
        if (values[name] === undefined) continue;
        this.#problems.push(`--${name}: goes with --prices FILE, which is missing`);
      }
      return undefined;
    }
    return {
      file: resolve(prices),
      format: format ?? "binance-trades",
      ...(speed === undefined ? {} : { speed }),
      ...(symbol === undefined ? {} : { symbol }),
    };
  }

  #refuse(name: string, text: string, right: string): undefined {
    this.#problems.push(`--${name}: ${JSON.stringify(text)}: ${right}`);
    return undefined;
  }
}
