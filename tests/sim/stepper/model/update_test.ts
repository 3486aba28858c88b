import assert from "node:assert/strict";
import { BINDINGS } from "../../../../sim/stepper/model/bindings.ts";
import type { StepperEvent, StepperModel } from "../../../../sim/stepper/model/stepper_model.ts";
import { MAX_TYPED_AHEAD, update } from "../../../../sim/stepper/model/update.ts";
import { MAX_VISITS } from "../../../../sim/stepper/model/visits.ts";
import type { ScreenEvent } from "../../../../sim/stepper/screen/run_program.ts";
import { eventEntry, LENGTH, modelAt, recordEntry, shownOf } from "../support/entries.ts";

const AT_40 = modelAt(shownOf(recordEntry(40)));

function key(name: string): ScreenEvent {
  return { kind: "key", key: { name, text: [...name].length === 1 ? name : "" } };
}

/** The model after events, and what was wanted by the last of them. */
function after(model: StepperModel, ...events: (StepperEvent | ScreenEvent)[]) {
  let now = model;
  let wanted: readonly unknown[] = [];
  for (const event of events) ({ model: now, effects: wanted } = update(now, event));
  return { model: now, wanted };
}

function arrived(rank: number, manner: "step" | "jump" | "back" | "forward" = "step") {
  return { kind: "arrived", shown: shownOf(recordEntry(rank)), manner } as const;
}

Deno.test("update() goes to the next and the previous entry by rank while all pass", () => {
  for (
    const [name, rank] of [["n", 41], [" ", 41], ["right", 41], ["p", 39], ["left", 39]] as const
  ) {
    const { model, wanted } = after(AT_40, key(name));
    assert.deepEqual(wanted, [{ kind: "show", rank, actor: null, manner: "step" }]);
    assert.notEqual(model.busy, null);
  }
});

Deno.test("update() says so at the first and at the last entry, and wants nothing", () => {
  const first = after(modelAt(shownOf(recordEntry(0))), key("p"));
  assert.deepEqual(first.wanted, []);
  assert.equal(first.model.notice?.text, "This is the first entry");
  const last = after(modelAt(shownOf(recordEntry(LENGTH - 1))), key("n"));
  assert.equal(last.model.notice?.text, "This is the last entry");
});

Deno.test("update() looks for the next entry that passes where there is a filter", () => {
  const model = modelAt(shownOf(recordEntry(40)), { filter: { userId: "501" } });
  assert.deepEqual(after(model, key("n")).wanted, [{
    kind: "find",
    from: 41,
    direction: "forward",
    filter: { userId: "501" },
    actor: null,
    manner: "step",
    nothing: "No entry after this one with user=501; x shows everything again",
  }]);
});

Deno.test("update() follows the instance that did the step, and the order by what it belongs to", () => {
  const [actor] = after(AT_40, key("a")).wanted as { actor: string; filter: unknown }[];
  assert.equal(actor?.actor, "order-gateway-2");
  assert.deepEqual(actor?.filter, { actor: "order-gateway-2" });
  assert.deepEqual(after(AT_40, key("O")).wanted, [
    { kind: "related", rank: 40, correlationId: "501/1002", direction: "backward" },
  ]);
});

Deno.test("update() looks for failures, and for records of the same partition", () => {
  const [failure] = after(AT_40, key("f")).wanted as { filter: unknown; from: number }[];
  assert.deepEqual([failure?.filter, failure?.from], [{ failures: true }, 41]);
  const [partition] = after(AT_40, key("T")).wanted as { filter: unknown; from: number }[];
  assert.deepEqual(partition?.filter, { topic: "order-commands", partition: 3 });
  assert.equal(partition?.from, 39);
});

Deno.test("update() asks for cause and effects of a record, and says that an event has none", () => {
  const place = { topic: "order-commands", partition: 3, offset: 40 };
  assert.deepEqual(after(AT_40, key("c")).wanted, [{ kind: "cause", place }]);
  assert.deepEqual(after(AT_40, key("e")).wanted, [{ kind: "effects", place }]);
  const event = after(modelAt(shownOf(eventEntry(40))), key("c"));
  assert.deepEqual(event.wanted, []);
  assert.match(event.model.notice?.text ?? "", /runtime event/);
});

Deno.test("update() shows the same record at the next actor, round and round", () => {
  const place = { topic: "notifications", partition: 0, offset: 5 } as const;
  const model = modelAt(shownOf(recordEntry(40, { place })));
  const actors: unknown[] = [];
  for (const name of ["tab", "shift-tab"]) {
    actors.push((after(model, key(name)).wanted[0] as { actor: string }).actor);
  }
  assert.deepEqual(actors, ["notifier", "audit-logger"]);
});

Deno.test("update() goes back and forward through jumps, not through steps", () => {
  const there =
    after(AT_40, arrived(41), arrived(90, "jump"), arrived(91), arrived(10, "jump")).model;
  assert.deepEqual(there.past.map(({ rank }) => rank), [41, 91]);
  const back = after(there, key("["));
  assert.deepEqual(back.wanted, [
    { kind: "show", rank: 91, actor: "order-gateway", manner: "back" },
  ]);
  const at91 = after(back.model, arrived(91, "back")).model;
  assert.deepEqual(at91.past.map(({ rank }) => rank), [41]);
  assert.deepEqual(at91.future.map(({ rank }) => rank), [10]);
  const at10 = after(at91, key("]"), arrived(10, "forward")).model;
  assert.deepEqual([at10.past.length, at10.future.length], [2, 0]);
  assert.deepEqual(after(at91, arrived(5, "jump")).model.future, [], "another way was taken");
  assert.match(after(AT_40, key("[")).model.notice?.text ?? "", /No jump/);
});

Deno.test("update() remembers a bounded number of jumps", () => {
  let model = AT_40;
  for (let i = 0; i < MAX_VISITS + 5; i++) model = after(model, arrived(i % LENGTH, "jump")).model;
  assert.equal(model.past.length, MAX_VISITS);
});

Deno.test("update() keeps keys typed while something is done, and takes them in order", () => {
  const busy = after(AT_40, key("n")).model;
  const typed = after(busy, key("3"), key("n"), key("n"));
  assert.deepEqual(typed.wanted, []);
  assert.equal(typed.model.typedAhead.length, 3);
  const next = after(typed.model, arrived(41));
  assert.equal(next.model.panel, "state");
  assert.deepEqual(next.wanted, [{ kind: "show", rank: 42, actor: null, manner: "step" }]);
  assert.equal(next.model.typedAhead.length, 1, "the last one waits again");
});

Deno.test("update() keeps a bounded number of keys", () => {
  let model = after(AT_40, key("n")).model;
  for (let i = 0; i < MAX_TYPED_AHEAD + 9; i++) model = after(model, key("n")).model;
  assert.equal(model.typedAhead.length, MAX_TYPED_AHEAD);
});

Deno.test("update() ends what is done by Escape, and takes back what was typed before it", () => {
  const busy = after(AT_40, key("f"), key("n"), { kind: "progressed", rank: 77 } as const).model;
  assert.equal(busy.busy?.rank, 77);
  const ended = after(busy, key("escape"));
  assert.deepEqual(ended.wanted, [{ kind: "cancel" }]);
  assert.deepEqual(ended.model.typedAhead, []);
  const said = { text: "Ended", tone: "doubt" } as const;
  const stayed = after(ended.model, { kind: "stayed", notice: said });
  assert.equal(stayed.model.busy, null);
  assert.equal(stayed.model.shown?.entry.rank, 40);
});

Deno.test("update() quits by q, and by Ctrl-C whatever is going on", () => {
  assert.deepEqual(after(AT_40, key("q")).wanted, [{ kind: "quit" }]);
  const moments = [after(AT_40, key("n")), after(AT_40, key("/")), after(AT_40, key("?"))];
  for (const { model } of moments) {
    assert.deepEqual(after(model, key("ctrl-c")).wanted, [{ kind: "quit" }]);
  }
  const typing = after(AT_40, key("/"), key("q"));
  assert.deepEqual(typing.wanted, [], "in a line, q is a letter");
});

Deno.test("update() searches what was typed, and once more both ways", () => {
  const typed = after(AT_40, key("/"), ...[..."eve"].map(key), key("return"));
  const [search] = typed.wanted as { filter: unknown; from: number; direction: string }[];
  assert.deepEqual([search?.filter, search?.from, search?.direction], [
    { text: "eve" },
    41,
    "forward",
  ]);
  const found = after(typed.model, arrived(60, "jump")).model;
  const [back] = after(found, key(",")).wanted as { from: number; direction: string }[];
  assert.deepEqual([back?.from, back?.direction], [59, "backward"]);
  assert.match(after(AT_40, key(".")).model.notice?.text ?? "", /Nothing was searched yet/);
});

Deno.test("update() goes to a place that is typed, and keeps asking where it is none", () => {
  const typed = after(AT_40, key("g"), ...[..."orders/1/7"].map(key), key("return"));
  const place = { topic: "orders", partition: 1, offset: 7 };
  assert.deepEqual(typed.wanted, [{ kind: "go", position: { kind: "place", place } }]);
  const wrong = after(AT_40, key("g"), ...[..."odrers/1/7"].map(key), key("return")).model;
  assert.ok(wrong.mode.kind === "prompt");
  assert.match(wrong.mode.problem ?? "", /did you mean "orders"/);
});

Deno.test("update() offers filters of what is shown, and takes the one that is chosen", () => {
  const offered = after(AT_40, key("m")).model;
  assert.ok(offered.mode.kind === "chooser");
  const labels = offered.mode.chooser.options.map(({ label }) => label);
  assert.deepEqual(labels, [
    "actor=order-gateway",
    "actor=order-gateway-2",
    "user=501",
    "user=501 order=1002",
    "symbol=AAPL",
    "type=place-order",
    "topic=order-commands",
    "topic=order-commands partition=3",
  ]);
  const chosen = after(offered, key("down"), key("down"), key("return"));
  assert.deepEqual(chosen.wanted, [{ kind: "filter", filter: { userId: "501" }, rank: 40 }]);
  assert.deepEqual(after(offered, key("3")).wanted, chosen.wanted);
  assert.equal(after(offered, key("escape")).model.mode.kind, "steps");
});

Deno.test("update() takes a filter for its own only when something passes it", () => {
  const asked = after(AT_40, key("&"), ...[..."user=9"].map(key), key("return"));
  assert.deepEqual(asked.wanted, [{ kind: "filter", filter: { userId: "9" }, rank: 40 }]);
  assert.deepEqual(asked.model.filter, {});
  const filtered = after(asked.model, { kind: "filtered", filter: { userId: "9" } } as const);
  assert.deepEqual(filtered.model.filter, { userId: "9" });
});

Deno.test("update() has a meaning for every key that help lists", () => {
  const names = BINDINGS.flatMap(({ keys }) => keys);
  assert.equal(new Set(names).size, names.length, "no key has two");
  for (const name of names) {
    const { model } = after(AT_40, key(name));
    assert.doesNotMatch(model.notice?.text ?? "", /does nothing/, name);
  }
  assert.match(after(AT_40, key("Z")).model.notice?.text ?? "", /does nothing/);
});

Deno.test("update() scrolls no further than there is something to see", () => {
  const long = recordEntry(40, { message: null, text: "x".repeat(3_000) });
  const model = modelAt(shownOf(long), { panel: "record" });
  let down = model;
  for (let i = 0; i < 500; i++) down = after(down, key("pagedown")).model;
  const again = after(down, key("down")).model;
  assert.equal(again.scroll, down.scroll);
  assert.ok(down.scroll > 10);
  assert.equal(after(down, key("up")).model.scroll, down.scroll - 1);
});

Deno.test("update() wants nothing where the run has no entries", () => {
  const empty = { ...AT_40, shown: null, length: 0 };
  for (const name of ["n", "p", "a", "o", "f", "c", "e", "end", "m", "tab"]) {
    const { wanted, model } = after(empty, key(name));
    assert.deepEqual(wanted, [], name);
    assert.match(model.notice?.text ?? "", /no entries/, name);
  }
});
