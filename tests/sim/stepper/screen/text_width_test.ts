import assert from "node:assert/strict";
import fc from "fast-check";
import { clipText, widthOf, wrapText } from "../../../../sim/stepper/screen/text_width.ts";

const SAMPLES = [
  "AAPL",
  "東京証券取引所",
  "Zoe\u0308 Zoë",
  "👩‍🚀🇩🇪👍🏽",
  "שלום עולם",
  "مرحبا",
  "a\u001b[2Jb",
];

Deno.test("widthOf() counts two columns for what is wide, and none for marks", () => {
  const widths = ["AAPL", "東京", "e\u0301", "👩‍🚀", "🇩🇪", "שלום"].map(widthOf);
  assert.deepEqual(widths, [4, 4, 1, 2, 2, 4]);
});

Deno.test("clipText() shows control characters and obeys none", () => {
  assert.equal(clipText("eve\u001b[2J\u0007\u202e", 80), "eve\\u{1b}[2J\\u{7}\\u{202e}");
});

Deno.test("clipText() ends with an ellipsis where it cut, and cuts no character in two", () => {
  assert.equal(clipText("order-commands", 6), "order…");
  assert.equal(clipText("東京証券", 5), "東京…");
  assert.equal(clipText("東京証券", 4), "東…");
  assert.equal(clipText("a👩‍🚀b👩‍🚀", 4), "a👩‍🚀…");
  assert.equal(clipText("AAPL", 0), "");
});

Deno.test("wrapText() breaks at spaces, else where it must, and loses nothing", () => {
  assert.deepEqual(wrapText("sold 5 AAPL at 189.57", 11), ["sold 5 AAPL", "at 189.57"]);
  assert.deepEqual(wrapText("xxxxxxxx", 3), ["xxx", "xxx", "xx"]);
  assert.deepEqual(wrapText("東京証券", 3), ["東", "京", "証", "券"]);
  assert.deepEqual(wrapText("", 3), [""]);
});

Deno.test("clipText() and wrapText() never take more columns than there are", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.array(fc.constantFrom(...SAMPLES), { maxLength: 4 }).map((parts) => parts.join(" ")),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (each, width) => {
      assert.ok(widthOf(clipText(each, width)) <= width);
      const lines = wrapText(each, width);
      assert.ok(lines.every((line) => widthOf(line) <= width), JSON.stringify(lines));
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(lines.join(""), /[\u0000-\u001f\u007f-\u009f]/);
    }),
    { numRuns: 40 },
  );
});
