/**
 * What makes two commands under one key the same command.
 *
 * @module
 */

import { decimalOf } from "../evidence/floor_facts.ts";
import type { Fingerprinter } from "../fingerprint.ts";
import { TEXT } from "../reading/message_fields.ts";
import type { CommandView } from "../rule.ts";

/** Fingerprints of a command's body, which is what it says beside user, key and timestamp. */
export interface BodyPrints {
  /** As written: equal ones must be taken for the same command. */
  readonly exact: number;
  /** As meant, defaults filled in: different ones must not be. */
  readonly meaning: number;
}

/** The prints of a command's body, taken with `print`. */
export function bodyPrints(
  { command, prints }: Pick<CommandView, "command" | "prints">,
  print: Fingerprinter,
): BodyPrints {
  switch (command.type) {
    case "place-order": {
      const { symbol, side, quantity, price, protectionPrice, timeInForce } = command;
      const usual = price === undefined || price === null ? "ioc" : "gtc";
      const exact = [symbol, side, quantity, price, protectionPrice, timeInForce];
      const decimals = [meant(quantity), meant(price), meant(protectionPrice)];
      return {
        exact: printOf(exact, print),
        meaning: printOf([symbol, side, ...decimals, timeInForce ?? usual], print),
      };
    }
    case "cancel-order":
      return { exact: prints.low[TEXT.orderId]!, meaning: prints.low[TEXT.orderId]! };
    case "deposit": {
      const exact = printOf([command.amount], print);
      return { exact, meaning: printOf([meant(command.amount)], print) };
    }
    case "open-account":
      return both([command.cash, command.holdings], print);
  }
}

function both(fields: readonly unknown[], print: Fingerprinter): BodyPrints {
  const same = printOf(fields, print);
  return { exact: same, meaning: same };
}

/** Absent and null are alike. */
function printOf(fields: readonly unknown[], print: Fingerprinter): number {
  print.ofInteger(fields.length);
  for (const field of fields) {
    if (field === undefined || field === null) print.then(1);
    // -0 and 0 are written alike.
    else if (typeof field === "number") print.then(2).thenNumber(field + 0);
    else if (typeof field === "string") print.then(3).thenText(field);
    else print.then(4).thenText(JSON.stringify(field));
  }
  return print.low;
}

function meant(value: unknown): unknown {
  const decimal = decimalOf(value);
  return Number.isNaN(decimal) ? value : decimal;
}
