/**
 * What the documents list, and the code has.
 */

import assert from "node:assert/strict";
import { RULE_IDS } from "../sim/auditor/verdict.ts";

for (const page of ["scenarios", "correctness"]) {
  Deno.test(`docs/${page}.md lists every rule of the auditor, and no other`, async () => {
    const text = await Deno.readTextFile(new URL(`../docs/${page}.md`, import.meta.url));
    const table = text.slice(text.search(/^\| rule /m)).split("\n\n")[0] ?? "";
    const listed = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, rule]) => rule);
    assert.deepEqual(listed, RULE_IDS);
  });
}
