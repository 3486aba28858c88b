import assert from "node:assert/strict";
import type { RuntimeEvent, RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import type { LogCall } from "../../../kafka/fault_injection/log_call.ts";
import {
  REACHED,
  Reached,
  REACHED_NAMES,
  type ReachedName,
} from "../../../sim/explorer/reached.ts";
import { ReachedWatch } from "../../../sim/explorer/reached_watch.ts";

/** A floor whose doings are told by the test. */
class Told {
  readonly #reached = new Reached();
  readonly #watch = new ReachedWatch(this.#reached);
  #number = 0;

  event(who: string, body: RuntimeEventBody): void {
    const [actor = "", incarnation = "1"] = who.split(":");
    const envelope = { at: 0, number: this.#number++, actor, incarnation: Number(incarnation) };
    // A body with its envelope is an event.
    this.#watch.event({ ...body, ...envelope } as RuntimeEvent);
  }

  call(who: string, what: string, rest: Partial<LogCall> = {}): void {
    const [id = "", incarnation = "1"] = who.split(":");
    const [operation, moment] = what.split(" ");
    const places = [{ topic: "notifications", partition: 0 }];
    // Spelt by the tests below.
    const call = { operation, moment, places, ...rest } as LogCall;
    this.#watch.call({ id, incarnation: Number(incarnation) }, call);
  }

  crash(who: string): void {
    this.event(who, { kind: "down", reason: "crashed", confirmed: true });
  }

  /** What was reached, besides what opens every play. */
  get names(): readonly string[] {
    return Object.keys(this.#reached.counts());
  }
}

const ENGINE = "trading-engine-0:1";

const STORIES: readonly (readonly [ReachedName, (told: Told) => void])[] = [
  ["crash-between-publish-and-commit", (told) => {
    told.call(ENGINE, "publish before");
    told.call(ENGINE, "publish after");
    told.crash(ENGINE);
  }],
  ["crash-in-publish", (told) => {
    told.call(ENGINE, "publish before");
    told.crash(ENGINE);
  }],
  ["crash-in-commit", (told) => {
    told.call(ENGINE, "commit before");
    told.crash(ENGINE);
  }],
  ["crash-in-recovery", (told) => {
    told.event(ENGINE, { kind: "assigned", generation: 1, partitions: ["orders/0"] });
    told.crash(ENGINE);
  }],
  ["zombie-published-after-replacement", (told) => {
    told.event(ENGINE, { kind: "starting" });
    told.event("trading-engine-0:2", { kind: "starting" });
    told.call(ENGINE, "publish before");
    told.call(ENGINE, "publish after");
  }],
  ["two-serve-one-partition", (told) => {
    told.event(ENGINE, { kind: "assigned", generation: 1, partitions: ["orders/0"] });
    told.event("trading-engine-1:1", { kind: "assigned", generation: 2, partitions: ["orders/0"] });
  }],
  ["rebalance-in-mid-batch", (told) => {
    told.call(ENGINE, "publish before");
    told.call(ENGINE, "publish after");
    told.event(ENGINE, { kind: "revoked", generation: 2, partitions: ["orders/0"] });
  }],
  ["snapshot-behind-commit", (told) => {
    told.event(ENGINE, {
      kind: "recovered",
      partition: "orders/0",
      snapshotOffset: 3,
      committedOffset: 9,
      folded: 6,
    });
  }],
  ["snapshot-ahead-of-commit", (told) => {
    told.event(ENGINE, {
      kind: "recovered",
      partition: "orders/0",
      snapshotOffset: 9,
      committedOffset: 3,
      folded: 0,
    });
  }],
  ["torn-snapshot-passed-over", (told) => {
    told.event(ENGINE, { kind: "note", text: "snapshot trading-engine/orders/0/9 is damaged" });
  }],
  ["producer-came-back", (told) => {
    told.call("order-command-producer-0:2", "publish before");
  }],
  ["lost-acknowledgement", (told) => {
    told.event(ENGINE, { kind: "fault", fault: "faults[0]", what: "lost-acknowledgement" });
  }],
];

for (const [name, tell] of STORIES) {
  Deno.test(`ReachedWatch sees ${name}, and nothing else in it`, () => {
    const told = new Told();
    tell(told);
    assert.deepEqual(told.names, [name]);
  });
}

Deno.test("ReachedWatch sees no crash between publish and commit once it was committed, or nothing was stored", () => {
  const told = new Told();
  told.call(ENGINE, "publish before");
  told.call(ENGINE, "publish after");
  told.call(ENGINE, "commit before");
  told.call(ENGINE, "commit after");
  told.crash(ENGINE);
  told.call("trading-engine-0:2", "publish before");
  told.call("trading-engine-0:2", "publish after", { failed: true });
  told.crash("trading-engine-0:2");
  assert.deepEqual(told.names, []);
});

Deno.test("ReachedWatch counts a partition brought back three times to one place", () => {
  const told = new Told();
  const recovered = {
    kind: "recovered",
    partition: "orders/0",
    snapshotOffset: 0,
    committedOffset: 5,
    folded: 5,
  } as const;
  told.event("trading-engine-0:1", recovered);
  told.event("trading-engine-0:2", recovered);
  assert.deepEqual(told.names, ["recovered-from-nothing"]);
  told.event("trading-engine-0:3", recovered);
  assert.ok(told.names.includes("killed-thrice-at-one-place"));
});

Deno.test("REACHED names at least fifteen situations, each with its meaning", () => {
  assert.ok(REACHED_NAMES.length >= 15);
  for (const name of REACHED_NAMES) assert.match(REACHED[name], /^.{10,120}$/, name);
});
