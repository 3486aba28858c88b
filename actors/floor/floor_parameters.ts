/**
 * What a floor depends on besides its orders: made from a user's wishes, and compared with what a run
 * was opened with.
 *
 * @module
 */

import {
  DEFAULT_GATEWAY_LIMITS,
  type FloorParameters,
  floorParametersSchema,
  type GatewayLimits,
  type SymbolSpec,
} from "../../kafka/messages/mod.ts";
import { TOPIC_NAMES, type TopicName, TOPICS } from "../../kafka/topics.ts";
import { cashDecimalsFor } from "../instruments.ts";
import { FOLD_VERSIONS } from "./fold_versions.ts";

/** The most partitions of one topic. */
export const MAX_PARTITIONS = 1_024;

/** A symbol by name alone has cents for ticks and single shares for lots. */
const DEFAULT_SIZES = { tickSize: 0.01, lotSize: 1 } as const;

/** A tradable symbol, as a user of the floor names it. */
export type SymbolOption = string | {
  /** Ticker, 1 to 32 characters, and no name that every object has, such as `constructor`. */
  readonly symbol: string;
  /** Decimal with at most eight places; prices are whole multiples of it. Default 0.01. */
  readonly tickSize?: number;
  /** Decimal with at most eight places; quantities are whole multiples of it. Default 1. */
  readonly lotSize?: number;
};

/** What may be chosen about a floor's folds. */
export interface FloorParameterOptions {
  /** What may be traded: at least one, each once. */
  readonly symbols: readonly SymbolOption[];
  /** The gateway's limits, per user; those left out are as `DEFAULT_GATEWAY_LIMITS` has them. */
  readonly limits?: Readonly<Partial<GatewayLimits>>;
  /** Partitions by topic, 1 to {@link MAX_PARTITIONS}; those left out are as `TOPICS` has them. */
  readonly partitions?: Readonly<Partial<Record<TopicName, number>>>;
}

/** The floor cannot be opened with these parameters. */
export class FloorParametersError extends Error {
  /** Tells it from other errors across workers. */
  readonly code = "floor-parameters";

  /** The message says which parameter, what was found and what would be right. */
  constructor(message: string) {
    super(message);
    this.name = "FloorParametersError";
  }
}

/**
 * Whole parameters from a user's choices.
 *
 * @throws {FloorParametersError} when a choice is out of bounds, and says which
 */
export function floorParameters(options: FloorParameterOptions): FloorParameters {
  const symbols = options.symbols.map((option): SymbolSpec =>
    typeof option === "string"
      ? { symbol: option, ...DEFAULT_SIZES }
      : { ...DEFAULT_SIZES, ...option }
  );
  const twice = symbols.find(({ symbol }, i) =>
    symbols.findIndex((s) => s.symbol === symbol) !== i
  );
  if (twice !== undefined) {
    throw new FloorParametersError(`Cannot open the floor: symbol ${twice.symbol} is listed twice`);
  }
  for (const { symbol } of symbols) checkSymbol(symbol);
  const parsed = floorParametersSchema.safeParse({
    foldVersions: FOLD_VERSIONS,
    partitions: partitionCounts(options.partitions ?? {}),
    symbols,
    cashDecimals: decimalsOf(symbols),
    limits: { ...DEFAULT_GATEWAY_LIMITS, ...options.limits },
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new FloorParametersError(`Cannot open the floor: ${issues.join("; ")}`);
}

/**
 * Symbols are keys of records and of JSON objects, such as an account's holdings. A name that every
 * object has is dropped or mistaken on its way through one.
 */
function checkSymbol(symbol: unknown): void {
  // What is no text at all, or of a wrong length, the schema refuses.
  if (typeof symbol !== "string") return;
  if (symbol === "__proto__" || symbol in Object.prototype) {
    throw new FloorParametersError(
      `Cannot open the floor: symbol "${symbol}" is a name that every JavaScript object has`,
    );
  }
  if (!symbol.isWellFormed()) {
    throw new FloorParametersError(
      `Cannot open the floor: symbol ${JSON.stringify(symbol)} contains half of a surrogate pair`,
    );
  }
}

function decimalsOf(symbols: readonly SymbolSpec[]): number {
  try {
    return cashDecimalsFor(symbols);
  } catch (error) {
    throw new FloorParametersError(
      `Cannot open the floor: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function partitionCounts(
  wanted: Readonly<Partial<Record<TopicName, number>>>,
): Record<TopicName, number> {
  const counts = Object.fromEntries(TOPIC_NAMES.map((name) => {
    const count = wanted[name] ?? TOPICS[name].partitions;
    if (!Number.isInteger(count) || count < 1 || count > MAX_PARTITIONS) {
      throw new FloorParametersError(
        `Cannot open the floor: ${name} has ${count} partitions; it takes 1 to ${MAX_PARTITIONS}`,
      );
    }
    return [name, count];
  }));
  // Object.fromEntries forgets which keys it was given.
  return counts as Record<TopicName, number>;
}

/** Where two floors' parameters differ first, as `path: theirs, not ours`; null where they agree. */
export function differenceOf(
  theirs: unknown,
  ours: unknown,
  path = "",
): string | null {
  if (Object.is(theirs, ours)) return null;
  if (!isRecord(theirs) || !isRecord(ours)) {
    return `${path === "" ? "parameters" : path} ${JSON.stringify(theirs)}, not ${
      JSON.stringify(ours)
    }`;
  }
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
  for (const key of keys) {
    const found = differenceOf(theirs[key], ours[key], path === "" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
