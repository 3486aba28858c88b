/**
 * A scenario's definition is described twice: as an interface, for those who write one, and as a schema,
 * for checking it. Each must take what the other takes.
 */

import assert from "node:assert/strict";
import type { ScenarioDefinition } from "../../sim/scenario_definition.ts";
import type { DefinitionInput } from "../../sim/scenario_schema.ts";

/** Every path of names in an object, through lists and unions; three levels hold all there is. */
type Paths<T, Depth extends readonly unknown[] = []> = Depth["length"] extends 4 ? never
  : T extends readonly (infer Item)[] ? Paths<Item, Depth>
  : T extends object ? {
      [K in Extract<keyof T, string>]-?: K | `${K}.${Paths<T[K], [...Depth, unknown]>}`;
    }[Extract<keyof T, string>]
  : never;

type Difference =
  | Exclude<Paths<DefinitionInput>, Paths<ScenarioDefinition>>
  | Exclude<Paths<ScenarioDefinition>, Paths<DefinitionInput>>;

/** Does not compile when there is a difference; the error names it. */
const sameNames: [Difference] extends [never] ? true : Difference = true;

/** Do not compile when one takes what the other refuses. */
const readable: [ScenarioDefinition] extends [DefinitionInput] ? true : never = true;
const complete: [DefinitionInput] extends [ScenarioDefinition] ? true : never = true;

Deno.test("ScenarioDefinition and its schema take the same, as the type check finds", () => {
  assert.deepEqual([sameNames, readable, complete], [true, true, true]);
});
