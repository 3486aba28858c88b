import assert from "node:assert/strict";
import {
  inputLine,
  MAX_INPUT,
  textOf,
  typeInto,
} from "../../../../sim/stepper/screen/input_line.ts";

function typed(text: string, ...names: readonly string[]) {
  let line = inputLine(text);
  for (const name of names) {
    line = typeInto(line, { name, text: [...name].length === 1 ? name : "" });
  }
  return { text: textOf(line), cursor: line.cursor };
}

Deno.test("typeInto() puts characters where the cursor is", () => {
  assert.deepEqual(typed("ac", "left", "b"), { text: "abc", cursor: 2 });
  assert.deepEqual(typed("bc", "home", "a", "end", "d"), { text: "abcd", cursor: 4 });
});

Deno.test("typeInto() takes away characters, words and the rest of a line", () => {
  assert.deepEqual(typed("👩🏽x", "backspace", "backspace"), { text: "👩", cursor: 1 });
  assert.deepEqual(typed("abc", "home", "delete"), { text: "bc", cursor: 0 });
  assert.deepEqual(typed("user=501 order=7", "ctrl-w"), { text: "user=501 ", cursor: 9 });
  assert.deepEqual(typed("abc", "left", "ctrl-u"), { text: "c", cursor: 0 });
  assert.deepEqual(typed("abc", "left", "ctrl-k"), { text: "ab", cursor: 2 });
  assert.deepEqual(typed("", "backspace", "delete", "left"), { text: "", cursor: 0 });
});

Deno.test("typeInto() takes a bounded number of characters", () => {
  const long = typed("x".repeat(MAX_INPUT), "y");
  assert.equal(long.text.length, MAX_INPUT);
  assert.equal(long.cursor, MAX_INPUT);
});
