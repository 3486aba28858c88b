/**
 * A cheap yes for messages that are surely valid. Schemas say what is valid; walking one for every
 * record costs more than reading its JSON. So a schema is compiled once into plain comparisons which
 * accept what the schema would accept unchanged, and leave everything in doubt to the schema itself.
 *
 * @module
 */

import type { z } from "zod";
import { ABSENT, type FieldRule, isSurely, ruleOf } from "./field_rule.ts";

/** Whether a value is surely valid. False means: ask the schema. */
export type SureCheck = (value: unknown) => boolean;

interface Field {
  readonly name: string;
  /** Null: no schema names it, and nothing is asked of it. */
  readonly rule: FieldRule | null;
  readonly isRequired: boolean;
}

/** The fields of one type of message. */
interface Fields {
  readonly byName: ReadonlyMap<string, Field>;
  /** How many must be there. */
  readonly required: number;
  /**
   * The fields in the order in which they were met last. Messages of a type are nearly always made
   * alike, so that a field is found by its place, and its name only compared.
   */
  readonly order: Field[];
}

/** Places of fields that are remembered for a type. */
const MAX_ORDER = 64;

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
    const fields = fieldsOf(def.shape, forbidden);
    if (fields === null) continue;
    for (const type of literalsOf(def.shape["type"])) byType.set(type, fields);
  }
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    // An object: its fields are looked at one by one.
    const message = value as Readonly<Record<string, unknown>>;
    const fields = byType.get(message["type"]);
    return fields !== undefined && areSurely(fields, message);
  };
}

function areSurely(
  { byName, required, order }: Fields,
  message: Readonly<Record<string, unknown>>,
): boolean {
  let place = 0;
  let found = 0;
  for (const name in message) {
    let field = order[place];
    if (field === undefined || field.name !== name) {
      field = byName.get(name) ?? { name, rule: null, isRequired: false };
      if (place < MAX_ORDER) order[place] = field;
    }
    place++;
    if (field.isRequired) found++;
    if (field.rule !== null && !isSurely(field.rule, message[name])) return false;
  }
  return found === required;
}

/** Null when there is a field that only zod judges. */
function fieldsOf(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  forbidden: readonly string[],
): Fields | null {
  const byName = new Map<string, Field>();
  for (const [name, schema] of Object.entries(shape)) {
    const rule = ruleOf(schema);
    if (rule === null) return null;
    byName.set(name, { name, rule, isRequired: !isSurely(rule, undefined) });
  }
  for (const name of forbidden) {
    if (!byName.has(name)) byName.set(name, { name, rule: ABSENT, isRequired: false });
  }
  const required = [...byName.values()].filter(({ isRequired }) => isRequired).length;
  return { byName, required, order: [] };
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
