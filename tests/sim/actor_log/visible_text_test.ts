import assert from "node:assert/strict";
import fc from "fast-check";
import { visibleText } from "../../../sim/actor_log/visible_text.ts";

Deno.test("visibleText() shows escape sequences and does not let them act", () => {
  assert.equal(visibleText("\u001b[31mred\u001b[0m\u0007"), "\\u{1b}[31mred\\u{1b}[0m\\u{7}");
  assert.equal(visibleText("\u009b2J"), "\\u{9b}2J");
  assert.equal(visibleText("a\nb\tc\r"), "a\\nb\\tc\\r");
});

Deno.test("visibleText() shows marks of direction, hidden characters and halves of pairs", () => {
  assert.equal(visibleText("abc\u202edef\u2066"), "abc\\u{202e}def\\u{2066}");
  assert.equal(visibleText("A\u200bB\ufeff"), "A\\u{200b}B\\u{feff}");
  assert.equal(visibleText("x\ud800y"), "x\\u{d800}y");
  assert.equal(visibleText("\u{e0041}"), "\\u{e0041}");
});

Deno.test("visibleText() leaves what can be seen as it is", () => {
  for (const text of ["501/1002", "Zoë", "株式会社", "שלום", "👩‍🚀", "e\u0301", " a  b "]) {
    assert.equal(visibleText(text), text);
  }
});

Deno.test("visibleText() gives no control character, whatever the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(visibleText(text), /[\p{Cc}\p{Cs}]/u);
    assert.equal(visibleText(visibleText(text)), visibleText(text));
  }));
});
