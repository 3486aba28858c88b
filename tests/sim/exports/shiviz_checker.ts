/**
 * What ShiViz demands of a log, by its documentation (https://github.com/DistributedClocks/shiviz/wiki):
 * the first line is the expression by which events are read, with groups `host`, `clock` and `event`; the
 * second is the delimiter of executions, empty for one. Clocks are JSON objects of times by host. Each
 * host's own time begins at 1 and grows by one with each of its events, names known hosts only, and never
 * an event that is not there. An event knows all that what it knows knew.
 */

import assert from "node:assert/strict";

/** An event as ShiViz reads it. */
export interface ShivizEvent {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly event: string;
}

/** The events of a log. Fails where ShiViz would refuse it. */
export function readShiviz(text: string): readonly ShivizEvent[] {
  const [parser = "", delimiter, ...lines] = text.split("\n");
  assert.equal(delimiter, "", "the second line is the delimiter of executions");
  const events = [...lines.join("\n").trim().matchAll(new RegExp(parser, "g"))].map((match) => {
    const { host, clock, event } = match.groups ?? {};
    assert.ok(host !== undefined && clock !== undefined && event !== undefined);
    // Checked below: numbers by host.
    return { host, clock: JSON.parse(clock) as Record<string, number>, event };
  });
  assert.equal(
    2 * events.length,
    lines.join("\n").trim().split("\n").length,
    "a line is left over",
  );
  checkClocks(events);
  return events;
}

function checkClocks(events: readonly ShivizEvent[]): void {
  const byHost = Map.groupBy(events, ({ host }) => host);
  for (const [host, own] of byHost) {
    const times = own.map(({ clock }) => clock[host]);
    assert.deepEqual(times, own.map((_, i) => i + 1), `the clock of ${host}`);
  }
  const known = (host: string, time: number): ShivizEvent => {
    const found = byHost.get(host)?.[time - 1];
    assert.ok(found !== undefined, `${host} has no event ${time}`);
    return found;
  };
  for (const { host, clock } of events) {
    for (const [other, time] of Object.entries(clock)) {
      assert.ok(Number.isInteger(time) && time >= 1);
      const before = other === host ? time - 1 : time;
      if (before === 0) continue;
      const inherited = known(other, before).clock;
      for (const [third, at] of Object.entries(inherited)) {
        assert.ok((clock[third] ?? 0) >= at, `${host} does not know what ${other} knew`);
      }
      // Nothing knows of an event that knows of it: else there would be a circle.
      if (other !== host) assert.ok((inherited[host] ?? 0) < clock[host]!);
    }
  }
}
