/**
 * What makes two commands under one key the same command.
 *
 * @module
 */

import type { ClientCommand } from "../../../kafka/messages/mod.ts";
import { decimalOf } from "../evidence/floor_facts.ts";

/** A command's body beside user, key and timestamp, twice. */
export interface CommandBody {
  /** As written: equal ones must be taken for the same command. */
  readonly exact: string;
  /** As meant, defaults filled in: different ones must not be. */
  readonly meaning: string;
}

/** The body of a command. */
export function commandBody(command: ClientCommand): CommandBody {
  switch (command.type) {
    case "place-order": {
      const { symbol, side, quantity, price, protectionPrice, timeInForce } = command;
      const exact = [symbol, side, quantity, price, protectionPrice, timeInForce];
      const usual = price === undefined || price === null ? "ioc" : "gtc";
      const meaning = [
        symbol,
        side,
        meant(quantity),
        meant(price),
        meant(protectionPrice),
        timeInForce ?? usual,
      ];
      return { exact: textOf(exact), meaning: textOf(meaning) };
    }
    case "cancel-order":
      return both([command.orderId]);
    case "deposit":
      return { exact: textOf([command.amount]), meaning: textOf([meant(command.amount)]) };
    case "open-account":
      return both([command.cash, command.holdings]);
  }
}

function both(fields: readonly unknown[]): CommandBody {
  const text = textOf(fields);
  return { exact: text, meaning: text };
}

/** JSON writes undefined in a list as null: absent and null are alike. */
function textOf(fields: readonly unknown[]): string {
  return JSON.stringify(fields);
}

function meant(value: unknown): unknown {
  const decimal = decimalOf(value);
  return Number.isNaN(decimal) ? value : decimal;
}
