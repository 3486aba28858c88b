import assert from "node:assert/strict";
import { jsonAnswer, LIVE_JSON_VERSION, plainAnswer } from "../../../sim/live/live_answers.ts";
import { LIVE_HELP, MAX_STEPS_A_LINE, parseLiveCommand } from "../../../sim/live/live_commands.ts";
import { unitsOf } from "../../../sim/actor_log/views/units.ts";
import { DEFAULT_GATEWAY_LIMITS } from "../../../kafka/messages/mod.ts";

Deno.test("parseLiveCommand() understands every command that help lists", () => {
  assert.equal(parseLiveCommand("   "), null);
  assert.deepEqual(parseLiveCommand(" suspend  trading-engine-0 "), {
    kind: "suspend",
    actor: "trading-engine-0",
  });
  assert.deepEqual(parseLiveCommand("resume"), { kind: "resume", actor: null });
  assert.deepEqual(parseLiveCommand("step"), { kind: "step", count: 1 });
  assert.deepEqual(parseLiveCommand("step 25"), { kind: "step", count: 25 });
  for (const line of LIVE_HELP.split("\n")) {
    const [word] = line.split(" ");
    const command = parseLiveCommand(`${word} ${word === "choose" ? "a" : ""}`);
    assert.equal(command?.kind, word);
  }
});

Deno.test("parseLiveCommand() says what is wrong, and what would be right", () => {
  const why = (line: string) => {
    const command = parseLiveCommand(line);
    assert.ok(command?.kind === "wrong", line);
    return command.why;
  };
  assert.match(why("sustend a"), /did you mean "suspend"/);
  assert.match(why("step x"), /whole number from 1 to/);
  assert.match(why("step 0"), /whole number from 1 to/);
  assert.match(why(`step ${MAX_STEPS_A_LINE + 1}`), /whole number from 1 to/);
  assert.match(why("suspend a b"), /too many words/);
  assert.match(why("choose"), /name an actor/);
  assert.match(why("quit now"), /stands alone/);
});

const units = unitsOf({
  foldVersions: {},
  partitions: {},
  cashDecimals: 2,
  limits: DEFAULT_GATEWAY_LIMITS,
  symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
});

Deno.test("plainAnswer() and jsonAnswer() show what a terminal would obey", () => {
  const evil = "\u001b[2J\u202eeve";
  const place = { topic: "orders", partition: 0, offset: 1, timestamp: 5, key: evil };
  const step = {
    actor: evil,
    incarnation: 1,
    at: 5,
    read: { ...place, text: `{"type":"${evil}"}` },
    wrote: [{ ...place, topic: "snapshots", text: evil.repeat(100) }, { ...place, text: null }],
    moreWrote: 3,
    decision: { headline: evil, reasons: [evil] },
    undecided: evil,
  };
  for (
    const answer of [
      { kind: "step", step },
      { kind: "error", code: "no-actor", message: evil },
      { kind: "news", news: { kind: "released", actor: evil, why: evil } },
      { kind: "ended", why: evil },
    ] as const
  ) {
    const lines = [...plainAnswer(answer, units), jsonAnswer(answer)];
    // deno-lint-ignore no-control-regex
    for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u202e]/);
  }
  const parsed: unknown = JSON.parse(jsonAnswer({ kind: "step", step }));
  assert.deepEqual(parsed, { version: LIVE_JSON_VERSION, kind: "step", step });
  assert.match(plainAnswer({ kind: "step", step }, units).at(-1) ?? "", /wrote 3 more/);
});
