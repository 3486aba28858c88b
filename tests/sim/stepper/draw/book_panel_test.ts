import assert from "node:assert/strict";
import type { Ladder, LadderLevel } from "../../../../sim/actor_log/views/state_view.ts";
import { ladderLines } from "../../../../sim/stepper/draw/book_panel.ts";

function level(priceTicks: number, ...lots: readonly number[]): LadderLevel {
  return {
    priceTicks,
    lots: lots.reduce((sum, each) => sum + each, 0),
    orderCount: lots.length,
    orders: lots.map((each, i) => ({
      orderNumber: i,
      userId: i === 0 ? "alice" : "bob",
      orderId: `${i + 1}`,
      lots: each,
    })),
  };
}

function ladder(sides: Partial<Ladder>): Ladder {
  return {
    symbol: "AAPL",
    tickSize: 0.01,
    lotSize: 1,
    bids: [],
    asks: [],
    hiddenBids: 0,
    hiddenAsks: 0,
    ...sides,
  };
}

function text(now: Ladder, before: Ladder | null = null, width = 80): readonly string[] {
  return ladderLines(now, { before, width }).map((line) =>
    line.map((span) => span.text).join("").trimEnd()
  );
}

Deno.test("ladderLines() stands asks above bids, the best in the middle, the first in line first", () => {
  const book = ladder({
    asks: [level(16_100, 5), level(16_200, 7, 3)],
    bids: [level(16_000, 2)],
    hiddenBids: 1,
  });
  assert.deepEqual(text(book), [
    "book AAPL",
    "bid lots      price ask lots  orders",
    "             162.00       10  alice/1 x 7, bob/2 x 3",
    "             161.00        5  alice/1 x 5",
    "         spread 1.00",
    "       2     160.00           alice/1 x 2",
    "         1 bid level beyond",
  ]);
});

Deno.test("ladderLines() says what the step made of each level", () => {
  const before = ladder({ asks: [level(16_100, 5), level(16_200, 7)], bids: [level(16_000, 2)] });
  const now = ladder({ asks: [level(16_200, 4)], bids: [level(16_100, 3), level(16_000, 2)] });
  assert.deepEqual(text(now, before).slice(2), [
    "             162.00        4  was 7; alice/1 x 4",
    "             161.00           gone, was 5",
    "         spread 1.00",
    "       3     161.00           new; alice/1 x 3",
    "       2     160.00           alice/1 x 2",
  ]);
});

Deno.test("ladderLines() says nothing of levels that were not listed before", () => {
  const before = ladder({ asks: [level(16_100, 5)], hiddenAsks: 1 });
  const now = ladder({ asks: [level(16_100, 5), level(16_300, 1)] });
  assert.equal(text(now, before)[2], "             163.00        1  alice/1 x 1");
});

Deno.test("ladderLines() of an empty book says so", () => {
  assert.equal(text(ladder({})).at(-1), "         nobody bids, nobody asks");
});
