import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { type CsvField, csvHeader, csvRow } from "../../../sim/exports/csv.ts";

/** What another program reads. It takes CRLF only for a row's end. */
function read(text: string): readonly (readonly string[])[] {
  return parse(text, { record_delimiter: "\r\n" });
}

Deno.test("csvRow() is read back by another program as it was written", () => {
  const texts = ["plain", 'say "hi"', "a,b", "", " spaces ", "Zoë", "🙂", "a;b|c"];
  const fields: readonly CsvField[] = [
    ...texts.map((text) => ({ text })),
    { number: -1.5 },
    { number: "10000.00" },
    true,
    null,
  ];
  const written = csvHeader(fields.map((_, i) => `c${i}`)) + csvRow(fields);
  assert.deepEqual(read(written)[1], [...texts, "-1.5", "10000.00", "true", ""]);
});

Deno.test("csvRow() lets no text be calculated by a spreadsheet, and each be had again", () => {
  const texts = ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", '=HYPERLINK("x","y")', "a=1"];
  const [row] = read(csvRow(texts.map((text) => ({ text }))));
  for (const [i, text] of texts.entries()) {
    assert.doesNotMatch(row![i]!, /^[=+\-@]/);
    assert.equal(row![i]!.replace(/^'/, ""), text);
  }
});

Deno.test("csvRow() writes out control characters, so that a row is a line and a terminal obeys none", () => {
  const line = csvRow([{ text: "a\r\nb" }, { text: "\u001b[2J" }, { text: "\u202etxt" }]);
  assert.equal(line, "a\\r\\nb,\\u{1b}[2J,\\u{202e}txt\r\n");
});
