/**
 * What every command asks of its options before it reads their values: that they are known, and that each
 * has the form it should have.
 *
 * @module
 */

import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { nearestTo } from "../nearest.ts";
import { UsageError } from "./usage_error.ts";

/** @throws {UsageError} for each unknown option: the nearest known one, and all there are */
export function refuseUnknown(unknown: readonly string[], known: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new UsageError(unknown.map((name) => {
    const nearest = nearestTo(name, known);
    const hint = nearest === null ? "" : `did you mean ${nearest}? `;
    return `${name}: no such option; ${hint}there are: ${known.join(", ")}`;
  }));
}

/**
 * The values of options, which all must be known, and what is no option.
 * @throws {UsageError} saying what is wrong and what would be right
 */
export function readOptions<T extends ParseArgsOptionsConfig>(argv: readonly string[], options: T) {
  const known = Object.keys(options).map((name) => `--${name}`);
  const args = joinNegatives(argv, known);
  const { tokens } = parseArgs({
    args,
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const unknown = tokens.flatMap((token) =>
    token.kind === "option" && !Object.hasOwn(options, token.name) ? [token.rawName] : []
  );
  refuseUnknown(unknown, known);
  return parsed(() => parseArgs({ args, options, allowPositionals: true }));
}

/** `--rate -5` as `--rate=-5`, so that it is the number that is refused, with its reason. */
export function joinNegatives(argv: readonly string[], names: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const last = joined.at(-1);
    if (last !== undefined && isNegative(argument) && names.includes(last)) {
      joined[joined.length - 1] = `${last}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

/** Whether an argument is a number below zero and no option. */
export function isNegative(argument: string): boolean {
  return /^-\.?\d/.test(argument);
}

/** What `parse` gives by `parseArgs`. @throws {UsageError} with the first line of its complaint */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // parseArgs throws TypeErrors only, which say what is wrong.
    throw new UsageError([(error as Error).message.split("\n")[0]!]);
  }
}
