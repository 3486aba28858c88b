import assert from "node:assert/strict";
import { coloured } from "../../../../sim/report/paint.ts";
import { draw } from "../../../../sim/stepper/draw/draw.ts";
import { PANELS, type StepperModel } from "../../../../sim/stepper/model/stepper_model.ts";
import { paintRow, plainFrame } from "../../../../sim/stepper/screen/frame.ts";
import { widthOf } from "../../../../sim/stepper/screen/text_width.ts";
import { command, eventEntry, modelAt, recordEntry, shownOf } from "../support/entries.ts";

/** Ids and symbols that a terminal would obey, or that are not as wide as they are long. */
const HOSTILE = [
  "eve\u001b[2J\u001b]0;title\u0007",
  "\u009b31m\u202eevil\u2066",
  "line\nbreak\r\ttab",
  "東京証券取引所の注文",
  "👩‍🚀🇩🇪👍🏽",
  "e\u0301".repeat(40),
  "שלום עולם مرحبا",
  "\ud800lone",
];

const SIZES = [[80, 24], [120, 40], [41, 11], [200, 60]] as const;

function textOf(model: StepperModel): readonly string[] {
  return plainFrame(draw(model));
}

Deno.test("draw() shows control characters, obeys none, and keeps within its columns", () => {
  for (const hostile of HOSTILE) {
    const message = command({ userId: hostile, orderId: hostile, symbol: hostile });
    const entries = [
      recordEntry(40, { message }),
      recordEntry(40, { message: null, text: hostile.repeat(9) }),
      eventEntry(40, { kind: "failure", reason: "crashed", error: hostile }),
    ];
    for (const [columns, rows] of SIZES) {
      for (const entry of entries) {
        for (const panel of PANELS) {
          const model = modelAt(shownOf(entry), { panel, screen: { columns, rows } });
          const lines = textOf(model);
          assert.equal(lines.length, rows);
          for (const line of lines) {
            // deno-lint-ignore no-control-regex
            assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
            assert.ok(widthOf(line) <= columns, `${panel} ${columns}: ${line}`);
          }
        }
      }
    }
  }
});

Deno.test("draw() says the same with colour and without", () => {
  const entry = recordEntry(40, { message: command({ userId: HOSTILE[0]! }) });
  for (const panel of PANELS) {
    const model = modelAt(shownOf(entry), { panel });
    const painted = draw(model).rows.map((row) => paintRow(row, coloured));
    // deno-lint-ignore no-control-regex
    const bare = painted.map((row) => row.replace(/\u001b\[[0-9;]*m/g, "").trimEnd());
    assert.deepEqual(bare, textOf(model));
  }
});

Deno.test("draw() fills any screen, and says so politely where it is too small", () => {
  const shown = shownOf(recordEntry(40));
  for (
    const [columns, rows] of [[1, 1], [10, 3], [39, 24], [80, 9], [40, 10], [300, 100]] as const
  ) {
    const frame = draw(modelAt(shown, { screen: { columns, rows } }));
    assert.equal(frame.rows.length, rows);
  }
  const [first] = textOf(modelAt(shown, { screen: { columns: 39, rows: 24 } }));
  assert.equal(first, "This screen is 39x24.");
});

Deno.test("draw() shows what is sent and did not get there, and what the log has otherwise", () => {
  const entry = recordEntry(40);
  const { place } = entry.record;
  const model = modelAt(
    shownOf(entry, {
      outcome: "applied",
      sent: [{
        index: 0,
        topic: "orders",
        partition: 3,
        key: "AAPL",
        message: command(),
        place: null,
      }],
      findings: [{ actor: "order-gateway", place, found: null, what: "the log has it otherwise" }],
    }),
    { screen: { columns: 100, rows: 40 }, panel: "step" },
  );
  const text = textOf(model).join("\n");
  assert.match(text, /sent +orders\/3, never got there/);
  assert.match(text, /found +! the log has it otherwise/);
});

Deno.test("draw() shows how far a search has come, and what waits behind it", () => {
  const model = modelAt(shownOf(recordEntry(40)), {
    busy: { what: `searching "eve"`, rank: 61 },
    typedAhead: [{ name: "n", text: "n" }, { name: "n", text: "n" }],
  });
  assert.ok(textOf(model).includes(`searching "eve" at #61 of #99 … Esc ends it; 2 keys wait`));
});

Deno.test("draw() puts the cursor into the line that is typed, by columns", () => {
  const line = { characters: [..."東京"], cursor: 1 };
  const mode = { kind: "prompt", purpose: "search-forward", line, problem: null } as const;
  const { cursor } = draw(modelAt(shownOf(recordEntry(40)), { mode }));
  assert.deepEqual(cursor, { row: 23, column: "search: ".length + 2 });
});

Deno.test("draw() says of a run without entries that it has none", () => {
  const model = { ...modelAt(shownOf(recordEntry(0))), shown: null, length: 0 };
  assert.match(textOf(model).join("\n"), /This run has no entries/);
});
