import assert from "node:assert/strict";
import { readLiveNote, resumedText, suspendedText } from "../../../sim/live/live_notes.ts";
import { SteppedActors } from "../../../sim/session/stepped_actors.ts";
import { steppedBefore } from "../../../sim/session/stepped_before.ts";

Deno.test("readLiveNote() reads what was written, and nothing else", () => {
  assert.deepEqual(readLiveNote(suspendedText({ again: false })), { kind: "suspended" });
  assert.deepEqual(readLiveNote(suspendedText({ again: true })), { kind: "suspended" });
  for (const steps of [0, 1, 250, null]) {
    for (const why of [undefined, "the stepper went away"]) {
      assert.deepEqual(readLiveNote(resumedText(steps, why)), { kind: "resumed", steps });
    }
  }
  assert.equal(readLiveNote("snapshot 7 is damaged"), null);
});

Deno.test("SteppedActors tells the report who stood still, for how long, and how often it was fed", () => {
  const said: string[] = [];
  const stepped = new SteppedActors((text) => void said.push(text));
  const note = (actor: string, at: number, text: string) => stepped.observe({ actor, at, text });
  assert.deepEqual(stepped.notes(), []);
  note("trading-engine-0", 1_000, suspendedText({ again: false }));
  note("trading-engine-0", 1_500, suspendedText({ again: true }));
  note("trading-engine-0", 3_000, resumedText(1));
  note("trading-engine-0", 9_000, suspendedText({ again: false }));
  note("trading-engine-0", 10_000, resumedText(2, "the stepper went away"));
  note("notifier-0.east", 9_000, suspendedText({ again: false }));
  note("notifier-0.east", 9_100, resumedText(null));
  note("trading-engine-0", 11_000, "snapshot 7 is damaged");
  assert.equal(said.length, 7);
  assert.equal(said[0], "trading-engine-0 is suspended by a live stepper");
  const [only, ...others] = stepped.notes();
  assert.deepEqual(others, []);
  assert.match(
    only ?? "",
    /suspended trading-engine-0 \(for 3 s, 3 steps\), notifier-0\.east \(for 100 ms\)\. .*latencies/,
  );
});

Deno.test("SteppedActors names a few and counts the others", () => {
  const stepped = new SteppedActors(() => {});
  for (let n = 0; n < 8; n++) {
    stepped.observe({ actor: `notifier-${n}`, at: n, text: suspendedText({ again: false }) });
  }
  assert.match(stepped.notes()[0] ?? "", /notifier-4 \(for 0 ms\) and 3 more\./);
});

Deno.test("steppedBefore() finds what an earlier sitting's events say, up to a line that was cut", async () => {
  const path = await Deno.makeTempFile();
  try {
    const event = (at: number, text: string) =>
      JSON.stringify({ kind: "note", text, at, number: at, actor: "notifier-0", incarnation: 1 });
    const lines = [
      event(1_000, suspendedText({ again: false })),
      event(2_000, "snapshot 7 is damaged"),
      event(3_000, resumedText(4)),
      event(4_000, suspendedText({ again: false })),
      event(5_000, resumedText(9)).slice(0, -3),
    ];
    await Deno.writeTextFile(path, lines.join("\n"));
    const said: string[] = [];
    const stepped = new SteppedActors((text) => void said.push(text));
    stepped.recall(steppedBefore(path));
    assert.match(stepped.notes()[0] ?? "", /suspended notifier-0 \(for 2 s, 4 steps\)\./);
    stepped.observe({ actor: "notifier-0", at: 90_000, text: suspendedText({ again: false }) });
    stepped.observe({ actor: "notifier-0", at: 91_000, text: resumedText(1) });
    assert.match(stepped.notes()[0] ?? "", /suspended notifier-0 \(for 3 s, 5 steps\)\./);
    assert.equal(said.length, 2);
    assert.deepEqual([...steppedBefore(`${path}.missing`)], []);
  } finally {
    await Deno.remove(path);
  }
});
