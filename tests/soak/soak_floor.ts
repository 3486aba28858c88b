// The floor that is killed and hurt, and what its users send.

export const SOAK_FLOOR = {
  seed: 1,
  symbols: ["AAPL", "AMZN", "GOOG", "IBM"],
  accounts: { count: 100, cash: 2_000_000, holdings: 10_000 },
  actors: { "order-gateway": 2, "trading-engine": 2, "order-command-producer": 2 },
  flow: {
    mix: {
      limit: 52,
      market: 12,
      cancel: 18,
      duplicate: 8,
      conflict: 3,
      invalidSymbol: 5,
      malformed: 2,
    },
  },
};
