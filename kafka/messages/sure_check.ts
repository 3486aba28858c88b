/**
 * A cheap yes for messages that are surely valid. Schemas say what is valid; walking one for every
 * record costs more than reading its JSON. So a schema is compiled once into plain comparisons which
 * accept what the schema would accept unchanged, and leave everything in doubt to the schema itself.
 *
 * @module
 */

import type { z } from "zod";
import { ID_PATTERN } from "./envelope.ts";

/** Whether a value is surely valid. False means: ask the schema. */
export type SureCheck = (value: unknown) => boolean;

/** Compiled from a schema, or null for a kind of schema that only zod judges. */
function compile(schema: z.core.$ZodType): SureCheck | null {
  // The definitions are zod's documented interface for libraries (zod/v4/core).
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "string":
      return compileString(def.checks ?? []);
    case "number":
      return compileNumber(def.checks ?? []);
    case "boolean":
      return (value) => typeof value === "boolean";
    case "unknown":
      return (value) => value !== undefined;
    case "literal":
      return oneOf(def.values);
    case "enum":
      return oneOf(Object.values(def.entries));
    case "nullable":
      return orElse(compile(def.innerType), null);
    case "optional":
      return orElse(compile(def.innerType), undefined);
    default:
      return null;
  }
}

function oneOf(values: readonly unknown[]): SureCheck {
  const [only] = values;
  if (values.length === 1) return (value) => value === only;
  const set = new Set(values);
  return (value) => set.has(value);
}

function orElse(check: SureCheck | null, other: null | undefined): SureCheck | null {
  return check === null ? null : (value) => value === other || check(value);
}

function compileString(checks: readonly z.core.$ZodCheck[]): SureCheck | null {
  let shortest = 0;
  let longest = Infinity;
  let printable = false;
  for (const check of checks) {
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === "min_length") shortest = Math.max(shortest, def.minimum);
    else if (def.check === "max_length") longest = Math.min(longest, def.maximum);
    // What ids may not have, printable ASCII has not.
    else if (def.check === "string_format" && def.pattern === ID_PATTERN) {
      printable = true;
    } else return null;
  }
  return (value) =>
    typeof value === "string" && value.length >= shortest && value.length <= longest &&
    (!printable || isPrintableAscii(value));
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function compileNumber(checks: readonly z.core.$ZodCheck[]): SureCheck | null {
  let whole = false;
  let lowest = -Infinity;
  for (const check of checks) {
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === "number_format" && def.format === "safeint") whole = true;
    // A bound that is not included is surely passed from one above it on, for whole numbers.
    else if (def.check === "greater_than" && typeof def.value === "number") {
      lowest = Math.max(lowest, def.inclusive ? def.value : def.value + 1);
    } else return null;
  }
  if (whole) return (value) => Number.isSafeInteger(value) && (value as number) >= lowest; // an integer
  return (value) => typeof value === "number" && value >= lowest && value < Infinity;
}

/** The fields of one type of message. */
interface Fields {
  readonly names: readonly string[];
  readonly checks: readonly SureCheck[];
}

/**
 * A check for messages told apart by `type`. What a schema would take away makes a message doubtful:
 * `forbidden` names the fields that must not be there unless a type's schema has them.
 */
export function compileSureCheck(
  schema: z.core.$ZodType,
  forbidden: readonly string[],
): SureCheck {
  const byType = new Map<unknown, Fields>();
  for (const option of optionsOf(schema)) {
    const { def } = (option as z.core.$ZodTypes)._zod;
    if (def.type !== "object") continue;
    const compiled = Object.entries(def.shape).map(([name, field]) =>
      [name, compile(field)] as const
    );
    if (compiled.some(([, check]) => check === null)) continue;
    const absent = forbidden.filter((name) => !(name in def.shape));
    const fields: Fields = {
      names: [...compiled.map(([name]) => name), ...absent],
      checks: [
        ...compiled.flatMap(([, check]) => check ?? []),
        ...absent.map((): SureCheck => (value) => value === undefined),
      ],
    };
    for (const type of literalsOf(def.shape["type"])) byType.set(type, fields);
  }
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    // An object: its fields are looked at one by one.
    const message = value as Readonly<Record<string, unknown>>;
    const fields = byType.get(message["type"]);
    if (fields === undefined) return false;
    const { names, checks } = fields;
    for (let i = 0; i < names.length; i++) {
      if (!checks[i]!(message[names[i]!])) return false;
    }
    return true;
  };
}

function optionsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === "union" ? def.options : [schema];
}

function literalsOf(schema: z.core.$ZodType | undefined): readonly unknown[] {
  if (schema === undefined) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === "literal" ? def.values : [];
}
