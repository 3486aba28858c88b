/**
 * What a schema asks of one field, as plain comparisons: see `sure_check.ts`.
 *
 * @module
 */

import type { z } from "zod";
import { ID_PATTERN } from "./envelope.ts";

/** What a field's value is, if it is not one of the exceptions. */
type Kind = "text" | "number" | "boolean" | "anything" | "one" | "choice";

/** What is asked of a field. All kinds have all members, so that they look alike to the engine. */
export interface FieldRule {
  readonly kind: Kind;
  readonly orNull: boolean;
  readonly orAbsent: boolean;
  /** Of texts: UTF-16 units. */
  readonly shortest: number;
  readonly longest: number;
  /** Of texts: printable ASCII alone is sure. */
  readonly isPrintable: boolean;
  /** Of numbers. */
  readonly isWhole: boolean;
  readonly lowest: number;
  /** Of choices; of `one` the only one. */
  readonly values: readonly unknown[];
}

const ANYTHING: FieldRule = {
  kind: "anything",
  orNull: false,
  orAbsent: false,
  shortest: 0,
  longest: Infinity,
  isPrintable: false,
  isWhole: false,
  lowest: -Infinity,
  values: [],
};

/** Of a field that must not be there. */
export const ABSENT: FieldRule = { ...ANYTHING, kind: "one", values: [undefined] };

/** What a schema asks, or null for a kind of schema that only zod judges. */
export function ruleOf(schema: z.core.$ZodType): FieldRule | null {
  // The definitions are zod's documented interface for libraries (zod/v4/core).
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "string":
      return textRule(def.checks ?? []);
    case "number":
      return numberRule(def.checks ?? []);
    case "boolean":
      return { ...ANYTHING, kind: "boolean" };
    case "unknown":
      return ANYTHING;
    case "literal":
      return oneOf(def.values);
    case "enum":
      return oneOf(Object.values(def.entries));
    case "nullable":
      return withException(ruleOf(def.innerType), { orNull: true });
    case "optional":
      return withException(ruleOf(def.innerType), { orAbsent: true });
    default:
      return null;
  }
}

/**
 * Whether the field's value is surely valid; undefined where it is absent. Each type is asked for by a
 * comparison, which V8 compiles to a few instructions; a `switch` over `typeof` calls a function.
 */
export function isSurely(rule: FieldRule, value: unknown): boolean {
  const { kind } = rule;
  if (kind === "text" && typeof value === "string") return isText(rule, value);
  if (kind === "number" && typeof value === "number") return isNumber(rule, value);
  if (value === undefined) return rule.orAbsent || (kind === "one" && value === rule.values[0]);
  if (value === null && rule.orNull) return true;
  if (kind === "anything") return true;
  if (kind === "one") return value === rule.values[0];
  if (kind === "choice") return rule.values.includes(value);
  return kind === "boolean" && typeof value === "boolean";
}

function isText({ shortest, longest, isPrintable }: FieldRule, text: string): boolean {
  if (text.length < shortest || text.length > longest) return false;
  return !isPrintable || isPrintableAscii(text);
}

function isNumber({ isWhole, lowest }: FieldRule, value: number): boolean {
  return value >= lowest && (isWhole ? Number.isSafeInteger(value) : value < Infinity);
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function oneOf(values: readonly unknown[]): FieldRule {
  return { ...ANYTHING, kind: values.length === 1 ? "one" : "choice", values };
}

function withException(
  rule: FieldRule | null,
  exception: Partial<Pick<FieldRule, "orNull" | "orAbsent">>,
): FieldRule | null {
  return rule === null ? null : { ...rule, ...exception };
}

function textRule(checks: readonly z.core.$ZodCheck[]): FieldRule | null {
  let { shortest, longest, isPrintable } = ANYTHING;
  for (const check of checks) {
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === "min_length") shortest = Math.max(shortest, def.minimum);
    else if (def.check === "max_length") longest = Math.min(longest, def.maximum);
    // What ids may not have, printable ASCII has not.
    else if (def.check === "string_format" && def.pattern === ID_PATTERN) isPrintable = true;
    else return null;
  }
  return { ...ANYTHING, kind: "text", shortest, longest, isPrintable };
}

function numberRule(checks: readonly z.core.$ZodCheck[]): FieldRule | null {
  let { isWhole, lowest } = ANYTHING;
  for (const check of checks) {
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === "number_format" && def.format === "safeint") isWhole = true;
    // A bound that is not included is surely passed from one above it on, for whole numbers.
    else if (def.check === "greater_than" && typeof def.value === "number") {
      lowest = Math.max(lowest, def.inclusive ? def.value : def.value + 1);
    } else return null;
  }
  return { ...ANYTHING, kind: "number", isWhole, lowest };
}
