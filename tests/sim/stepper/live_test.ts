import assert from "node:assert/strict";
import type { LiveActor } from "../../../sim/live/attach_live.ts";
import type { LiveView } from "../../../sim/live/live_session.ts";
import { LiveError } from "../../../sim/live/protocol.ts";
import { unitsOf } from "../../../sim/actor_log/views/units.ts";
import { drawLive } from "../../../sim/stepper/live/draw_live.ts";
import { LiveEdge, MAX_WAITING, type SteppedSession } from "../../../sim/stepper/live/live_edge.ts";
import {
  initialLive,
  type LiveEvent,
  type LiveModel,
  updateLive,
} from "../../../sim/stepper/live/live_model.ts";
import { plainFrame } from "../../../sim/stepper/screen/frame.ts";
import { widthOf } from "../../../sim/stepper/screen/text_width.ts";
import { command, RUN } from "./support/entries.ts";

function actor(id: string, fields: Partial<LiveActor> = {}): LiveActor {
  return {
    id,
    role: "order-gateway",
    phase: "running",
    incarnation: 1,
    restarts: 0,
    partitions: [0, 1, 2].map((partition) => ({
      topic: "order-commands",
      partition,
      next: 7,
      end: 9,
      lag: 2,
    })),
    lag: 6,
    counters: {},
    heldBy: null,
    process: null,
    steppable: true,
    ...fields,
  };
}

const VIEW: LiveView = {
  run: "burst-1",
  directory: "runs/burst-1",
  units: unitsOf(RUN.parameters),
  actors: [
    actor("order-gateway-0"),
    actor("order-gateway-1", { phase: "suspended", heldBy: "you" }),
  ],
  chosen: null,
  fed: [],
  news: [],
  ended: null,
  busy: false,
};

/** What was fed to the second gateway. */
const FED: LiveView = {
  ...VIEW,
  chosen: "order-gateway-1",
  fed: [{
    actor: "order-gateway-1",
    incarnation: 1,
    at: 0,
    read: {
      topic: "order-commands",
      partition: 3,
      offset: 117,
      timestamp: 0,
      key: "501",
      text: JSON.stringify(command({ symbol: "AA\u001b[2J" })),
    },
    wrote: [],
    moreWrote: 0,
    decision: { headline: "Accepted 501's order 1002\u001b[2J.", reasons: ["Its id was new."] },
    undecided: null,
  }],
};

function press(model: LiveModel, ...names: readonly string[]) {
  let now = model;
  let wanted: readonly unknown[] = [];
  for (const name of names) {
    ({ model: now, effects: wanted } = updateLive(now, { kind: "key", key: { name, text: name } }));
  }
  return { model: now, wanted };
}

function textOf(model: LiveModel): readonly string[] {
  return plainFrame(drawLive(model));
}

Deno.test("updateLive() chooses actors round and round, and wants things of the chosen one", () => {
  assert.deepEqual(press(initialLive(VIEW), "down").wanted, [
    { kind: "choose", actor: "order-gateway-0" },
  ]);
  const chosen = initialLive(FED);
  assert.deepEqual(press(chosen, "down").wanted, [{ kind: "choose", actor: "order-gateway-0" }]);
  for (
    const [key, kind] of [["s", "hold"], ["n", "feed"], [" ", "feed"], ["r", "release"]] as const
  ) {
    assert.deepEqual(press(chosen, key).wanted, [{ kind, actor: "order-gateway-1" }]);
  }
});

Deno.test("updateLive() says why nothing is done where no actor is chosen, or all is over", () => {
  const none = press(initialLive(VIEW), "n");
  assert.deepEqual(none.wanted, []);
  assert.match(none.model.notice?.text ?? "", /No actor is chosen yet/);
  const over = press(initialLive({ ...FED, ended: "the run has ended" }), "s");
  assert.deepEqual(over.wanted, []);
  assert.match(over.model.notice?.text ?? "", /the run has ended/);
});

Deno.test("updateLive() quits by q and Ctrl-C, and leaves help by any key", () => {
  assert.deepEqual(press(initialLive(VIEW), "q").wanted, [{ kind: "quit" }]);
  assert.deepEqual(press(initialLive(VIEW), "?", "ctrl-c").wanted, [{ kind: "quit" }]);
  const left = press(initialLive(VIEW), "?", "q");
  assert.deepEqual([left.wanted, left.model.helps], [[], false]);
});

Deno.test("drawLive() shows actors with phase, lag and partitions, and what the chosen one was fed", () => {
  const lines = textOf(initialLive(FED));
  assert.equal(lines.length, 24);
  assert.deepEqual(lines.slice(0, 5), [
    "burst-1 · live · 2 actors",
    "  actor                      phase             lag  partitions",
    "  order-gateway-0            running             6  order-commands/0-2",
    "▶ order-gateway-1            held                6  order-commands/0-2",
    "fed to order-gateway-1",
  ]);
  const fed = lines.slice(5).join(" ");
  assert.match(fed, /order-gateway-1 was fed order-commands\/3\/117: 501's order 1002: buy 10/);
  assert.match(fed, /AA\\u\{1b\}\[2J/);
  assert.match(fed, /decided Accepted 501's order 1002\\u\{1b\}\[2J\./);
});

Deno.test("drawLive() says why a decision is not known", () => {
  const step = { ...FED.fed[0]!, decision: null, undecided: "Cannot tell: too much" };
  const fed = textOf(initialLive({ ...FED, fed: [step] })).join(" ");
  assert.match(fed, /what it decided is not known: Cannot tell: too much/);
});

Deno.test("drawLive() keeps within any screen", () => {
  const many = {
    ...FED,
    actors: Array.from({ length: 99 }, (_, i) => actor(`order-gateway-${i}`)),
  };
  for (const [columns, rows] of [[80, 24], [120, 40], [41, 9], [20, 3]] as const) {
    const lines = textOf({ ...initialLive(many), screen: { columns, rows } });
    assert.equal(lines.length, rows);
    for (const line of lines) assert.ok(widthOf(line) <= columns, line);
  }
});

/** A session that writes down what is asked of it; `refuses` makes it refuse all but choosing. */
function asked(refuses: string | null = null) {
  const calls: string[] = [];
  const does = (name: string) => () => {
    calls.push(name);
    return refuses === null ? Promise.resolve() : Promise.reject(new LiveError("gone", refuses));
  };
  const session: SteppedSession = {
    choose: (id) => void calls.push(`choose ${id}`),
    suspend: does("suspend"),
    resume: does("resume"),
    refresh: does("refresh"),
    step: () => does("step")().then(() => null),
  };
  return { calls, session };
}

Deno.test("LiveEdge does one thing after another, and says what did not come of it", async () => {
  const { calls, session } = asked();
  const edge = new LiveEdge(session);
  const said: string[] = [];
  const tell = (event: LiveEvent) => {
    if (event.kind === "said") said.push(event.notice.text);
  };
  edge.perform({ kind: "hold", actor: "a" }, tell);
  edge.perform({ kind: "feed", actor: "a" }, tell);
  edge.perform({ kind: "release", actor: "a" }, tell);
  await edge.settled();
  assert.deepEqual(calls, ["choose a", "suspend", "choose a", "step", "choose a", "resume"]);
  assert.match(said.join("\n"), /stands still.*\n.*nothing for it to do now\n.*goes on/);
});

Deno.test("LiveEdge shows what the floor refuses, and takes a bounded number of keys", async () => {
  const { calls, session } = asked("Cannot step: the run is gone");
  const edge = new LiveEdge(session);
  const said: LiveEvent[] = [];
  for (let i = 0; i < MAX_WAITING + 20; i++) {
    edge.perform({ kind: "feed", actor: "a" }, (event) => said.push(event));
  }
  await edge.settled();
  assert.equal(calls.filter((call) => call === "step").length, MAX_WAITING);
  const notice = { text: "Cannot step: the run is gone", tone: "bad" } as const;
  assert.deepEqual(said[0], { kind: "said", notice });
});
