/**
 * Where each symbol's prices come from, with the files behind them read or looked at.
 *
 * @module
 */

import { type Closes, readCloses } from "../actors/market_data_producer/closes_file.ts";
import { checkTradesFile } from "../actors/market_data_producer/trade_replay.ts";
import { suggestion } from "./nearest.ts";
import { ScenarioError } from "./scenario_problems.ts";
import type { CheckedDefinition, PriceModel } from "./scenario_schema.ts";
import type { PlannedPrices, PlannedSymbol } from "./session_plan.ts";

type Planned = Pick<PlannedSymbol, "prices" | "referencePrice">;

/** @throws {ScenarioError} when a file is missing, is not what it should be or lacks the symbol */
export async function planSymbols(
  name: string,
  { market, symbols }: CheckedDefinition,
  resolveFile: (file: string) => string,
): Promise<readonly PlannedSymbol[]> {
  const planned: PlannedSymbol[] = [];
  for (const { symbol, tickSize, lotSize, price, weight } of symbols) {
    const model = market.models[symbol] ?? market.model;
    try {
      const place = { symbol, price, ticksPerSecond: market.ticksPerSecond, resolveFile };
      planned.push({ symbol, tickSize, lotSize, weight, ...await planPrices(model, place) });
    } catch (error) {
      // Files fail with errors only, which name the file and what is wrong with it.
      throw new ScenarioError(name, [`market: ${symbol}: ${(error as Error).message}`]);
    }
  }
  return planned;
}

interface Place {
  readonly symbol: string;
  readonly price: number;
  readonly ticksPerSecond: number;
  readonly resolveFile: (file: string) => string;
}

async function planPrices(model: PriceModel, place: Place): Promise<Planned> {
  switch (model.kind) {
    case "gbm": {
      const { kind, ...parameters } = model;
      const { price: startPrice, ticksPerSecond } = place;
      return {
        referencePrice: startPrice,
        prices: { model: kind, startPrice, ticksPerSecond, ...parameters },
      };
    }
    case "closes":
      return closesOf(model, await readCloses(place.resolveFile(model.file)), place);
    case "replay":
      return await replayOf(model, place);
  }
}

function closesOf(
  model: PriceModel & { readonly kind: "closes" },
  file: Closes,
  { symbol, ticksPerSecond }: Place,
): Planned {
  const column = model.column ?? symbol;
  const listed = file.get(column);
  if (listed === undefined) {
    const columns = [...file.keys()];
    throw new Error(
      `${model.file} has no column ${JSON.stringify(column)}; there are ${columns.join(", ")}` +
        suggestion(column, columns),
    );
  }
  const { from = "", to = "9999" } = model;
  const closes = listed.filter(({ date }) => date >= from && date <= `${to}~`)
    .map(({ close }) => close);
  const [first] = closes;
  if (first === undefined || closes.length < 2) {
    throw new Error(
      `${model.file} has ${closes.length} closes of ${column} from ${from || "its start"} to ` +
        `${model.to ?? "its end"}; at least two are needed`,
    );
  }
  const { stepsPerClose, volatilityPerClose } = model;
  const prices: PlannedPrices = {
    model: "closes",
    closes,
    stepsPerClose,
    volatilityPerClose,
    ticksPerSecond,
  };
  return { referencePrice: first, prices };
}

async function replayOf(
  model: PriceModel & { readonly kind: "replay" },
  { resolveFile }: Place,
): Promise<Planned> {
  if (model.file === undefined) {
    throw new Error(
      "its trades are left open by the scenario: give --prices FILE (and --speed N for another " +
        "pace than their own)",
    );
  }
  const path = resolveFile(model.file);
  const { first } = await checkTradesFile(path, model.format);
  return {
    referencePrice: first.price,
    prices: { model: "replay", path, format: model.format, speed: model.speed },
  };
}
