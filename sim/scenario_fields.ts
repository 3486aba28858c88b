/**
 * Fields of a scenario, each with the sentence that says what would be right.
 *
 * @module
 */

import { z } from "zod";
import { DURATION_FORM, parseDuration } from "./duration.ts";
import { suggestion } from "./nearest.ts";

/** The message of whatever is wrong with a field. */
export function problem(text: string): { readonly error: string } {
  return { error: text };
}

/** An object that takes these keys and no others, and says which there are. */
export function strict<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return `must be an object with ${keys.join(", ")}`;
      const unknown = issue.keys as readonly string[]; // what this code of issue carries
      const named = unknown.map((key) => `${JSON.stringify(key)}${suggestion(key, keys)}`);
      return `must not have ${named.join(", ")} (there are: ${keys.join(", ")})`;
    },
  });
}

/** A length of time, held in milliseconds. */
export const durationSchema = z.union([z.number(), z.string()], problem(`must be ${DURATION_FORM}`))
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null) return ms;
    context.addIssue({ code: "custom", message: `must be ${DURATION_FORM}` });
    return z.NEVER;
  });

/** A number above 0. */
export function positiveNumber(max = Number.MAX_SAFE_INTEGER) {
  const right = "must be a positive number";
  return z.number(problem(right)).positive(right).max(max, `must be at most ${max}`);
}

/** A number from 0. */
export function share() {
  const right = "must be a number, 0 or more";
  return z.number(problem(right)).nonnegative(right);
}

/** A whole number between two bounds. */
export function wholeNumber(min: number, max: number) {
  const right = `must be a whole number from ${min} to ${max}`;
  return z.number(problem(right)).int(right).min(min, right).max(max, right);
}

/** A text that is not empty. */
export const wordSchema = z.string(problem("must be a text")).min(1, "must not be empty");
