import assert from "node:assert/strict";
import { answerRate, type ProgressSnapshot, renderBar, renderLine } from "../../sim/progress.ts";
import { ProgressWriter } from "../../sim/progress_writer.ts";
import { plain } from "../../sim/report/paint.ts";

const snapshot: ProgressSnapshot = {
  elapsedMs: 3_200,
  plannedMs: 8_000,
  phase: "first burst",
  intended: 4_820,
  sent: 6_012,
  answered: 4_790,
  trades: 2_114,
  lag: 22,
  restarts: 1,
};

function writer(options: { readonly isTerminal: boolean; readonly columns?: number }) {
  const written: string[] = [];
  const progress = new ProgressWriter({
    write: (text) => written.push(text),
    isTerminal: options.isTerminal,
    columns: () => options.columns ?? 200,
    paint: plain,
  });
  return { progress, written };
}

Deno.test("renderBar() draws how much of the script has passed", () => {
  const line = renderBar(snapshot, { rate: 1_204, columns: 200, paint: plain });
  assert.equal(
    line,
    "████████░░░░░░░░░░░░ 3.2/8.0 s first burst · 4,790 of 4,820 orders answered · 1,204/s · " +
      "2,114 trades · lag 22 · restarts 1 · 6,012 sent",
  );
});

Deno.test("renderBar() never is wider than the terminal", () => {
  for (const columns of [21, 40, 80, 100]) {
    assert.equal(renderBar(snapshot, { rate: null, columns, paint: plain }).length, columns);
  }
  const late = { ...snapshot, elapsedMs: 12_000 };
  assert.match(renderBar(late, { rate: null, columns: 60, paint: plain }), /^█{20} 12\.0\/8\.0 s/);
});

Deno.test("renderLine() leaves out restarts when there are none", () => {
  assert.equal(
    renderLine({ ...snapshot, restarts: 0 }, null),
    "3.2/8.0 s first burst · 4,790 of 4,820 orders answered · 2,114 trades · lag 22 · 6,012 sent",
  );
});

Deno.test("answerRate() is per second, and null without time", () => {
  const at = (elapsedMs: number, answered: number) => ({ elapsedMs, answered });
  assert.equal(answerRate(at(1_000, 100), at(1_500, 350)), 500);
  assert.equal(answerRate(at(1_000, 100), at(1_000, 350)), null);
});

Deno.test("ProgressWriter writes a line a second where there is no terminal", () => {
  const { progress, written } = writer({ isTerminal: false });
  for (let elapsedMs = 0; elapsedMs <= 3_000; elapsedMs += 100) {
    progress.update({ ...snapshot, elapsedMs });
  }
  progress.finish();
  assert.deepEqual(written.map((line) => line.slice(0, 9)), [
    "0.0/8.0 s",
    "1.0/8.0 s",
    "2.0/8.0 s",
    "3.0/8.0 s",
  ]);
  assert.ok(written.every((line) => line.endsWith("\n")));
});

Deno.test("ProgressWriter redraws one line on a terminal and leaves none behind", () => {
  const { progress, written } = writer({ isTerminal: true, columns: 80 });
  progress.update(snapshot);
  progress.say("trading-engine-0 crashed");
  progress.update({ ...snapshot, elapsedMs: 4_000 });
  progress.finish();
  assert.ok(written[0]!.startsWith("\r\x1b[2K█"));
  assert.ok(!written[0]!.includes("\n"));
  assert.equal(written[0]!.length, "\r\x1b[2K".length + 79);
  assert.equal(written[1], "\r\x1b[2Ktrading-engine-0 crashed\n");
  assert.equal(written.at(-1), "\r\x1b[2K");
});
