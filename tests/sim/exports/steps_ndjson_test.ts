import assert from "node:assert/strict";
import { openActorLog } from "../../../sim/actor_log/open_actor_log.ts";
import { formatPlace } from "../../../sim/actor_log/record_place.ts";
import { runNdjson } from "../../../sim/exports/steps_ndjson.ts";
import { jsonLinesOf } from "../../../sim/stepper/step_lines.ts";
import { playRun } from "../../support/played_run.ts";

Deno.test("runNdjson() tells every step and event as the stepper's JSON does, resends and repeats too", async () => {
  for (const scenario of ["duplicate_orders", "crash_before_commit"]) {
    using run = await playRun(scenario, { durationMs: 2_000 });
    await using log = await openActorLog({ run: run.directory });
    const told: string[] = [];
    for await (const entry of log.entries({ from: 0, direction: "forward", filter: {} })) {
      for (const line of await jsonLinesOf({ log, entry })) {
        // What nobody steps on is a record of its own there, and a step of the audit logger here.
        if (!line.includes(`"actor":"audit-logger"`) || entry.kind === "event") told.push(line);
      }
    }
    const exported: string[] = [];
    const watch = { signal: new AbortController().signal, onProgress() {} };
    for await (const line of runNdjson(log, watch)) {
      if (!line.includes(`"kind":"record"`)) exported.push(line.trimEnd());
    }
    assert.deepEqual(exported, told);
    assert.ok(exported.some((line) => line.includes("had it before") || line.includes("again")));
  }
});

Deno.test("runNdjson() tells a step that cannot be folded as the stepper's JSON does, and goes on", async () => {
  using run = await playRun("crash_before_commit", { durationMs: 1_000 });
  await using log = await openActorLog({ run: run.directory });
  const linesNow = async () => {
    const lines: string[] = [];
    const watch = { signal: new AbortController().signal, onProgress() {} };
    for await (const line of runNdjson(log, watch)) lines.push(line.trimEnd());
    return lines;
  };
  const whole = await linesNow();
  const step = log.step.bind(log);
  log.step = (place, actor) =>
    actor === "trading-engine" && place.offset > 3
      ? Promise.reject(new RangeError("planted"))
      : step(place, actor);
  const told = await linesNow();
  const untold = new Map(
    told.flatMap((text, at) => text.includes(`"kind":"untold"`) ? [[at, text] as const] : []),
  );
  assert.ok(untold.size > 3);
  for (const text of untold.values()) {
    const { rank, actor, why, record } = JSON.parse(text);
    assert.deepEqual([actor, why], ["trading-engine", "planted"]);
    const entry = await log.entry(rank);
    assert.ok(entry.kind === "record" && record.place === formatPlace(entry.record.place));
    assert.deepEqual(await jsonLinesOf({ log, entry }), [text]);
  }
  const isTold = (_: string, at: number) => !untold.has(at);
  assert.deepEqual(told.filter(isTold), whole.filter(isTold));
});
