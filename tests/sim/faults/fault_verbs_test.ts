import assert from "node:assert/strict";
import { FAULT_FIELDS, FAULT_VERB_NAMES, verbRow } from "../../../sim/faults/fault_verbs.ts";

const docs = await Deno.readTextFile(new URL("../../../docs/scenarios.md", import.meta.url));

Deno.test("docs/scenarios.md has every verb of faults, with what it says", () => {
  for (const verb of FAULT_VERB_NAMES) {
    const row = docs.split("\n").find((line) => {
      const [, first = ""] = line.split("|");
      return first.split(",").some((cell) => cell.trim() === `\`${verb}\``) && line.length > 60;
    });
    assert.ok(row !== undefined, `${verb} has a row`);
    const says = row.split("|")[3]!;
    const { needs, takes } = verbRow(verb);
    const expected = FAULT_FIELDS.filter((field) => [...needs, ...takes].includes(field));
    const found = FAULT_FIELDS.filter((field) => says.includes(`\`${field}\``));
    assert.deepEqual(found, expected, verb);
  }
});
