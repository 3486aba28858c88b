import assert from "node:assert/strict";
import { widthOf } from "../../../sim/stepper/screen/text_width.ts";
import { fileOf, screens } from "./screens.ts";

Deno.test("draw() shows the screens that are kept, line by line, within their columns", async () => {
  for await (const { name, text } of screens()) {
    const kept = await Deno.readTextFile(fileOf(name));
    assert.equal(text, kept, `${name}: tests/sim/stepper/screens.ts writes them anew`);
    const [columns, rows] = /(\d+)x(\d+)$/.exec(name)!.slice(1).map(Number);
    const lines = text.trimEnd().split("\n");
    assert.ok(lines.length <= rows!, name);
    for (const line of lines) assert.ok(widthOf(line) <= columns!, `${name}: ${line}`);
  }
});
