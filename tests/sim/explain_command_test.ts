/** `deno task explain` and `deno task export`, with a run that is handed to them. */

import assert from "node:assert/strict";
import type { ActorLog } from "../../sim/actor_log/actor_log.ts";
import { explainCommand } from "../../sim/explain_command.ts";
import { exportCommand } from "../../sim/export_command.ts";
import { UnreadableRunError } from "../../sim/find_run.ts";
import { plain } from "../../sim/report/paint.ts";
import { StagedFloor } from "./explain/staged_floor.ts";
import { readShiviz } from "./exports/shiviz_checker.ts";

const EVIL = "eve\u202e\u2028[2J";

async function stagedRun(): Promise<ActorLog> {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(30).opens(EVIL, 100_000);
  await floor.at(100).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(110).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(120).order("alice/a1", { side: "sell", quantity: 5, price: 150 });
  await floor.at(130).order(`${EVIL}/b1`, { side: "buy", quantity: 1, price: 1 });
  await floor.at(140).order(`${EVIL}/${EVIL}`, {
    side: "buy",
    quantity: 1,
    price: 1,
    symbol: "\u001bX",
  });
  await floor.at(150).garbage("bob");
  return await floor.run();
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function explain(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await explainCommand(argv, {
    print: (line) => void out.push(line),
    complain: (line) => void err.push(line),
    paint: plain,
    width: 100,
    signal: new AbortController().signal,
    open: stagedRun,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function exported(...argv: readonly string[]): Promise<Ran> {
  const err: string[] = [];
  const printed: string[] = [];
  const decoder = new TextDecoder();
  let out = "";
  const code = await exportCommand(argv, {
    output: {
      write(bytes) {
        out += decoder.decode(bytes, { stream: true });
        return Promise.resolve(bytes.length);
      },
    },
    print: (line) => void printed.push(line),
    complain: (line) => void err.push(line),
    signal: new AbortController().signal,
    open: stagedRun,
  });
  return { code, out: out + printed.join("\n"), err: err.join("\n") };
}

Deno.test("explainCommand() tells an order, a record and a user", async () => {
  const order = await explain("run", "--order", "a1");
  assert.equal(order.code, 0, order.err);
  assert.match(order.out, /^Order a1 of user alice\nrun staged; times count from its start\n/);
  const record = await explain("run", "--record", "notifications/0/7");
  assert.match(record.out, /^Record notifications\/0\/7\n/);
  assert.match(record.out, /notifications\/0\/7 {2}\+120\.0 ms \(\+0\.0\) {2}<- asked for/);
  assert.match(record.out, /Before it in its chain: 3 records; what followed from it: nothing\./);
  const user = await explain("run", "--user", "bob", "--limit", "2");
  assert.match(user.out, /^User bob\n/);
  assert.match(user.out, /4 commands, the newest 2 of them:/);
  assert.match(user.out, /asked for 2 times by then/);
  assert.equal((await explain("--help")).code, 0);
});

Deno.test("explainCommand() says what is not there, names what is near, and exits with 2", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--order", "a2"], /Cannot explain order "a2": the run has none .*nearest ids are .*"a1"/],
    [["--order", "b1"], /2 users have one, so say whose with --user: "bob", "eve\\u\{202e\}/],
    [["--order", "b1", "--user", "alice"], /of user "alice": it is an order of "bob", /],
    [["--user", "alicia"], /Cannot explain user "alicia": .*"alice"/],
    [["--record", "orders/0/99"], /Cannot read orders\/0\/99: the partition's records are 0 to/],
    [["--record", "orders/7/0"], /the run has no partition orders\/7/],
    [["--record", "snapshots/0/0"], /Cannot read snapshots\/0\/0|snapshots hold actors' states/],
  ];
  for (const [argv, expected] of cases) {
    const { code, out, err } = await explain("run", ...argv);
    assert.equal(code, 2, err);
    assert.equal(out, "");
    assert.match(err, expected);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

Deno.test("explainCommand() says what is wrong with its arguments", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Say which run to explain/],
    [["run"], /Say what to explain: --order ID, --user ID or --record/],
    [["run", "other", "--order", "1"], /One run at a time: "other" is too much/],
    [
      ["run", "--order", "1", "--record", "orders/0/1"],
      /--record: names all there is; leave --order/,
    ],
    [["run", "--record", "order/0/1"], /--record: "order\/0\/1": must be TOPIC\/PARTITION\/OFFSET/],
    [["run", "--order", ""], /--order: "": must be an id/],
    [["run", "--order", "1", "--limit", "0"], /--limit: "0": must be a whole number from 1/],
    [["run", "--oder", "1"], /--oder/],
  ];
  for (const [argv, expected] of cases) {
    const { code, err } = await explain(...argv);
    assert.equal(code, 2);
    assert.match(err, expected);
    assert.match(err, /Usage: deno task explain/);
  }
});

Deno.test("explainCommand() gives the tree as JSON, safe on a terminal", async () => {
  const { code, out } = await explain("run", "--order", EVIL, "--json");
  assert.equal(code, 0);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const story = JSON.parse(out);
  assert.deepEqual([story.version, story.kind, story.hidden], [1, "story", 0]);
  assert.deepEqual(story.order, { userId: EVIL, orderId: EVIL });
  const [intent] = story.passages;
  assert.equal(intent.record.place, "intents/0/7");
  const [command] = intent.effects;
  assert.equal(command.sinceCauseMs, 0);
  assert.equal(command.steps[0].actor, "order-gateway");
  assert.equal(command.effects[0].record.message.reason, "unknown-symbol");
  const session = JSON.parse((await explain("run", "--user", "bob", "--json")).out);
  assert.deepEqual(session.count, { commands: 4, exactly: true });
  assert.match(session.commands[0].line, /bytes that are no message: not JSON/);
  const text = (await explain("run", "--order", EVIL)).out;
  assert.ok(text.includes("eve\\u{202e}\\u{2028}[2J"));
});

Deno.test("explainCommand() passes on what a run lacks as a sentence, and a fault of ours as one", async () => {
  const err: string[] = [];
  const run = (error: Error, aborted = false) =>
    explainCommand(["run", "--order", "1"], {
      print: () => {},
      complain: (line) => void err.push(line),
      paint: plain,
      width: 80,
      signal: aborted ? AbortSignal.abort() : new AbortController().signal,
      open: () => Promise.reject(error),
    });
  assert.equal(await run(new UnreadableRunError("Cannot explain run: it is empty")), 2);
  assert.deepEqual(err, ["Cannot explain run: it is empty"]);
  assert.equal(await run(new DOMException("aborted", "AbortError"), true), 105);
  await assert.rejects(run(new TypeError("a mistake")), { message: "a mistake" });
});

Deno.test("exportCommand() writes every format", async () => {
  const trades = await exported("run", "--to", "trades.csv");
  assert.equal(trades.code, 0, trades.err);
  assert.match(
    trades.out,
    /^time,symbol,.*\r\n.*,AAPL,AAPL-1,160\.00,3,480\.00,sell,bob,b1,alice,a1,/,
  );
  assert.match((await exported("run", "--to", "notifications.csv")).out, /,bob,order-placed,b1,/);
  const steps = (await exported("run", "--to", "ndjson", "--order", "a1")).out.trim().split("\n");
  assert.ok(steps.length > 5 && steps.every((line) => JSON.parse(line).version === 1));
  assert.match(
    (await exported("run", "--to", "mermaid", "--order", "a1")).out,
    /^sequenceDiagram\n/,
  );
  const shiviz = await exported("run", "--to", "shiviz", "--record", "orders/0/1");
  assert.ok(readShiviz(shiviz.out).length > 4);
});

Deno.test("exportCommand() ends when it is interrupted while nobody reads what it writes", async () => {
  const interrupt = new AbortController();
  const said: string[] = [];
  const code = await exportCommand(["run", "--to", "trades.csv"], {
    output: {
      write() {
        interrupt.abort();
        return new Promise(() => {});
      },
    },
    print: () => {},
    complain: (line) => void said.push(line),
    signal: interrupt.signal,
    open: stagedRun,
  });
  assert.equal(code, 105);
  assert.deepEqual(said, ["Interrupted."]);
});

Deno.test("exportCommand() says what is wrong with its arguments", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["run"], /--to: must be one of ndjson, trades\.csv/],
    [["run", "--to", "csv"], /--to: "csv": must be one of ndjson/],
    [["--to", "ndjson"], /Say which run to export/],
    [["run", "--to", "mermaid"], /--to mermaid: shows an order or a record; say which/],
    [["run", "--to", "trades.csv", "--order", "1"], /is for a whole run; leave --order/],
    [["run", "--to", "ndjson", "--user", "bob"], /--user: says whose order it is/],
    [["run", "--to", "ndjson", "--force"], /--force: goes with --output FILE/],
    [["run", "--to", "ndjson", "--limit", "5"], /--limit: goes with --order ID or --record/],
    [["run", "--to", "ndjson", "--output", ""], /--output: "": must be the name of a file/],
  ];
  for (const [argv, expected] of cases) {
    const { code, err } = await exported(...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(err, expected);
  }
  const missing = await exported("run", "--to", "shiviz", "--order", "a9");
  assert.equal(missing.code, 2);
  assert.match(missing.err, /nearest ids are .*"a1"/);
});
