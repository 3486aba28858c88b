/**
 * Questions to the portfolio manager: a user's portfolio, valued at the prices of now.
 *
 * @module
 */

import { z } from "zod";
import type { EventLog } from "../../kafka/event_log.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { FoldProcessor } from "../consumer/fold_processor.ts";
import type { PartitionProcessor } from "../consumer/partition_processor.ts";
import { lastPrice } from "./last_price.ts";
import type { PortfolioState } from "./portfolio_state.ts";
import { type PortfolioView, portfolioView } from "./portfolio_view.ts";

export const portfolioQuestionSchema = z.strictObject({
  kind: z.literal("portfolio"),
  userId: z.string(),
  /** The answer must hold everything below this offset of the user's partition. */
  upTo: z.number().int().nonnegative(),
});

/** Asks for one user's portfolio. */
export type PortfolioQuestion = z.infer<typeof portfolioQuestionSchema>;

/** An answer to {@link PortfolioQuestion}. */
export type PortfolioAnswer =
  /** The user's partition is another instance's. */
  | { readonly kind: "elsewhere" }
  /** It is served here, but not folded so far yet. */
  | { readonly kind: "behind" }
  /** Null: nobody has heard of the user. */
  | { readonly kind: "answer"; readonly portfolio: PortfolioView | null };

/** Answers from the state of the partitions that are served here. @throws {z.ZodError} */
export async function answerPortfolioQuestion(
  question: unknown,
  processors: ReadonlyMap<string, PartitionProcessor>,
  surroundings: { readonly log: EventLog; readonly partitions: number },
): Promise<PortfolioAnswer> {
  const { userId, upTo } = portfolioQuestionSchema.parse(question);
  const partition = partitionForKey(userId, surroundings.partitions);
  const processor = processors.get(`notifications/${partition}`);
  if (!(processor instanceof FoldProcessor)) return { kind: "elsewhere" };
  if (processor.position < upTo) return { kind: "behind" };
  // The portfolio manager opens processors of its own fold only.
  const state = processor.state as PortfolioState;
  return { kind: "answer", portfolio: await valuedPortfolio(state, userId, surroundings.log) };
}

/** A user's portfolio in a partition's state, valued at the prices of now; null when it knows none. */
export async function valuedPortfolio(
  state: PortfolioState,
  userId: string,
  log: EventLog,
): Promise<PortfolioView | null> {
  const prices = new Map<string, number>();
  const held = state.portfolios.get(userId)?.positions.keys() ?? [];
  for (const symbol of [...held]) {
    const instrument = state.floor?.instruments.get(symbol);
    const price = instrument && await lastPrice(log, instrument);
    if (price !== undefined) prices.set(symbol, price);
  }
  return portfolioView(state, userId, (symbol) => prices.get(symbol));
}
