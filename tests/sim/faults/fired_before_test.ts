import assert from "node:assert/strict";
import { join } from "node:path";
import { readFiredFaults } from "../../../sim/faults/fired_before.ts";

Deno.test("readFiredFaults() finds the faults among a run's events, a last line that was cut left out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "events.ndjson");
    assert.deepEqual(readFiredFaults(path), new Set());
    const event = (body: object) => `${JSON.stringify({ at: 1, number: 2, ...body })}\n`;
    const padding = event({ kind: "note", text: "ö".repeat(700_000) });
    const last = event({ kind: "fault", fault: "faults[9]", what: "slow" });
    await Deno.writeTextFile(
      path,
      event({ kind: "fault", fault: "faults[0]", what: "crash" }) +
        event({ kind: "note", text: `"kind":"fault"`, fault: "faults[5]" }) +
        padding + event({ kind: "fault", fault: "faults[12]", what: "slow" }) +
        event({ kind: "fault", fault: "faults[0]", what: "crash" }) + last.slice(0, -9),
    );
    assert.deepEqual(readFiredFaults(path), new Set(["faults[0]", "faults[12]"]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
