/**
 * What the floor was opened with, as its own records say.
 *
 * @module
 */

import type { FloorParameters } from "../../../kafka/messages/mod.ts";

/** A symbol as the auditor computes with it. */
export interface SymbolFacts {
  readonly index: number;
  readonly symbol: string;
  readonly tickSize: number;
  readonly lotSize: number;
  /** Cash units that one lot costs for every tick of its price. */
  readonly unitsPerTickLot: number;
}

/** The floor's parameters in the form in which the rules need them. */
export class FloorFacts {
  readonly cashDecimals: number;
  readonly #symbols = new Map<string, SymbolFacts>();
  readonly #names: string[] = [];

  constructor(parameters: FloorParameters) {
    this.cashDecimals = parameters.cashDecimals;
    const unitsPerCash = 10 ** parameters.cashDecimals;
    for (const { symbol, tickSize, lotSize } of parameters.symbols) {
      this.#symbols.set(symbol, {
        index: this.#names.length,
        symbol,
        tickSize,
        lotSize,
        unitsPerTickLot: Math.round(tickSize * lotSize * unitsPerCash),
      });
      this.#names.push(symbol);
    }
  }

  get symbolCount(): number {
    return this.#names.length;
  }

  symbol(name: string): SymbolFacts | undefined {
    return this.#symbols.get(name);
  }

  symbolName(index: number): string {
    return this.#names[index] ?? "?";
  }

  /** A decimal amount of cash in units. NaN when it is no number. */
  cashUnits(amount: unknown): number {
    return Math.round(decimalOf(amount) * 10 ** this.cashDecimals);
  }
}

/** A decimal as a client may write it: a number, or a number as text. NaN when it is neither. */
export function decimalOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return NaN;
}

/** How many whole steps a decimal is. NaN when it is no number. */
export function stepsOf(value: unknown, step: number): number {
  return Math.round(decimalOf(value) / step);
}
