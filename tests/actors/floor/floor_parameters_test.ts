import assert from "node:assert/strict";
import { floorParameters, FloorParametersError } from "../../../actors/floor/floor_parameters.ts";
import { FOLD_VERSIONS } from "../../../actors/floor/fold_versions.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../../actors/portfolio_manager/portfolio_fold.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";

Deno.test("floorParameters() refuses symbols that are names of every object, and broken text", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  for (const symbol of names) {
    assert.throws(
      () => floorParameters({ symbols: ["AAPL", { symbol }] }),
      (error) =>
        error instanceof FloorParametersError && error.message.includes(`symbol "${symbol}" is a`),
    );
  }
  assert.throws(() => floorParameters({ symbols: ["A\ud83d"] }), /half of a surrogate pair/);
  const fine = ["prototype", "CONSTRUCTOR", "\ud83d\udcc8"];
  assert.deepEqual(
    floorParameters({ symbols: fine }).symbols.map(({ symbol }) => symbol),
    fine,
  );
});

Deno.test("every fold is of the version that a floor's parameters name", () => {
  const folds = [orderGatewayFold, tradingEngineFold, portfolioFold];
  assert.deepEqual(
    Object.fromEntries(folds.map(({ role, version }) => [role, version])),
    FOLD_VERSIONS,
  );
  assert.deepEqual(floorParameters({ symbols: ["AAPL"] }).foldVersions, FOLD_VERSIONS);
});
