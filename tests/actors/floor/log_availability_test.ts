import assert from "node:assert/strict";
import { LogAvailability } from "../../../actors/floor/log_availability.ts";
import { RuntimeEventStream } from "../../../actors/runtime/event_stream.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("LogAvailability writes down each outage once, and how long it was", () => {
  const told: RuntimeEvent[] = [];
  const events = new RuntimeEventStream({
    clock: new FakeClock(),
    onSinkError: () => assert.fail(),
  });
  events.addSink((event) => told.push(event));
  const availability = new LogAvailability({ events, clock: new FakeClock() });
  availability.tell({ available: true, at: 500, why: "connected" });
  availability.tell({ available: false, at: 1_000, why: "connection refused" });
  availability.tell({ available: false, at: 2_000, why: "still refused" });
  availability.tell({ available: true, at: 21_000, why: "answered" });
  availability.tell({ available: true, at: 22_000, why: "answered" });
  assert.deepEqual(
    told.map(({ actor, kind, ...rest }) => [actor, kind, "why" in rest ? rest.why : null]),
    [["floor", "log-unavailable", "connection refused"], ["floor", "log-available", null]],
  );
  assert.ok(told[1]?.kind === "log-available" && told[1].afterMs === 20_000);
});

Deno.test("LogAvailability.outOfReachMs sums the outages, the present one included", async () => {
  const clock = new FakeClock(5_000);
  const events = new RuntimeEventStream({ clock, onSinkError: () => assert.fail() });
  const availability = new LogAvailability({ events, clock });
  const tell = (available: boolean) => availability.tell({ available, at: 0, why: "" });
  await clock.advance(100);
  assert.equal(availability.outOfReachMs, 0);
  tell(false);
  await clock.advance(20);
  tell(false);
  assert.equal(availability.outOfReachMs, 20);
  await clock.advance(3);
  tell(true);
  await clock.advance(1_000);
  assert.equal(availability.outOfReachMs, 23);
  tell(false);
  await clock.advance(400);
  assert.equal(availability.outOfReachMs, 423);
});
