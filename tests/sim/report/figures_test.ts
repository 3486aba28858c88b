import assert from "node:assert/strict";
import {
  bar,
  formatCount,
  formatMetric,
  formatMs,
  formatShare,
} from "../../../sim/report/figures.ts";
import { choosePaint, coloured, plain } from "../../../sim/report/paint.ts";
import { clip, wrap } from "../../../sim/report/wrap.ts";

Deno.test("figures read well at every size", () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(formatCount), ["0", "999", "1,000", "1,234,567"]);
  assert.deepEqual([null, 0.4231, 12.34, 1_204.4].map(formatMs), ["–", "0.42", "12.3", "1,204"]);
  assert.equal(formatShare(1, 8), "12.5 %");
  assert.equal(formatShare(0, 0), "–");
  assert.equal(formatMetric(3.21, "ms"), "3.21 ms");
  assert.equal(formatMetric(1_204.7, "per second"), "1,205/s");
  assert.equal(formatMetric(null, "count"), "not measured");
});

Deno.test("bar() shows something for the smallest share and stays within its cells", () => {
  assert.equal(bar(0, 10), "");
  assert.equal(bar(0.0001, 10), "▏");
  assert.equal(bar(0.25, 10), "██▌");
  assert.equal(bar(1, 10), "█".repeat(10));
  assert.equal(bar(7, 10), "█".repeat(10));
});

Deno.test("wrap() breaks at spaces and cuts what is too long", () => {
  assert.deepEqual(wrap("Alice sells seven", 11), ["Alice sells", "seven"]);
  assert.deepEqual(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
  assert.deepEqual(wrap("", 10), []);
  assert.equal(clip("abcdef", 4), "abc…");
  assert.equal(clip("abc", 4), "abc");
});

Deno.test("choosePaint() colours terminals only, and none with NO_COLOR", () => {
  assert.equal(choosePaint({ isTerminal: true, noColor: undefined }), coloured);
  assert.equal(choosePaint({ isTerminal: true, noColor: "" }), coloured);
  assert.equal(choosePaint({ isTerminal: true, noColor: "1" }), plain);
  assert.equal(choosePaint({ isTerminal: false, noColor: undefined }), plain);
  assert.equal(coloured("good", "held"), "\x1b[32mheld\x1b[39m");
});
