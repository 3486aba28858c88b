import assert from "node:assert/strict";
import { coloured, plain } from "../../../../sim/report/paint.ts";
import { FrameWriter, paintRow, plainFrame, rowOf } from "../../../../sim/stepper/screen/frame.ts";
import { lineOf } from "../../../../sim/stepper/screen/line.ts";

Deno.test("paintRow() puts what stands beside at its column by number, whatever comes before", () => {
  const row = [
    { column: 0, width: 10, line: lineOf("👩‍🚀".repeat(9)) },
    { column: 12, width: 4, line: lineOf("book", "strong") },
  ];
  assert.equal(paintRow(row, plain), `${"👩‍🚀".repeat(4)}…\u001b[13Gbook`);
  assert.deepEqual(plainFrame({ rows: [row], cursor: null }), [`${"👩‍🚀".repeat(4)}…   book`]);
});

Deno.test("paintRow() says the same with colour and without", () => {
  const row = rowOf([{ text: "a" }, { text: "b", tone: "bad" }], 9);
  // deno-lint-ignore no-control-regex
  assert.equal(paintRow(row, coloured).replace(/\u001b\[[0-9;]*m/g, ""), paintRow(row, plain));
});

Deno.test("FrameWriter writes the rows that changed, and all of them when told to forget", () => {
  const written: string[] = [];
  const writer = new FrameWriter((text) => written.push(text), plain);
  const frame = (last: string) => ({
    rows: [rowOf(lineOf("first"), 9), rowOf(lineOf(last), 9)],
    cursor: null,
  });
  writer.write(frame("second"));
  writer.write(frame("third"));
  writer.forget();
  writer.write(frame("third"));
  const has = written.map((text) => [text.includes("first"), text.includes("third")]);
  assert.deepEqual(has, [[true, false], [false, true], [true, true]]);
});
