import assert from "node:assert/strict";
import { type ActorLog } from "../../sim/actor_log/actor_log.ts";
import { openActorLog } from "../../sim/actor_log/open_actor_log.ts";
import { asOutputError } from "../../sim/exports/output_error.ts";
import { plain } from "../../sim/report/paint.ts";
import { stepCommand, StepExit } from "../../sim/step_command.ts";
import { type PlayedRun, playRun } from "../support/played_run.ts";

/** An error as the operating system's come. */
function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Runs the command without a terminal; `reads` says how many writes are read, of all by default. */
async function step(
  args: readonly string[],
  { reads = Infinity, open = openActorLog, write, signal = new AbortController().signal }: {
    readonly signal?: AbortSignal;
    readonly reads?: number;
    readonly write?: (text: string) => Promise<boolean>;
    readonly open?: typeof openActorLog;
  } = {},
) {
  let out = "";
  let writes = 0;
  const complaints: string[] = [];
  const code = await stepCommand(args, {
    write: write ?? ((text) => {
      out += text;
      return Promise.resolve(++writes < reads);
    }),
    complain: (line) => complaints.push(line),
    showProgress: () => {},
    openTerminal: null,
    paint: plain,
    open,
    input: ReadableStream.from([]),
    onInterrupt: () => ({ signal, [Symbol.dispose]() {} }),
  });
  return { code, out, lines: out.split("\n").slice(0, -1), said: complaints.join("\n"), writes };
}

Deno.test("stepCommand()", async (t) => {
  using run: PlayedRun = await playRun("crash_before_commit");
  const { directory, runs, runId } = run;

  await t.step("prints every entry of the run, in order, once", async () => {
    const { code, lines } = await step([directory]);
    assert.equal(code, StepExit.fine);
    const ranks = lines.flatMap((line) => /^#(\d+) /.exec(line)?.[1] ?? []).map(Number);
    assert.ok(ranks.length > 500);
    assert.deepEqual(ranks, ranks.map((_, i) => i));
    assert.ok(
      lines.some((line) => /^ {2}trading-engine-0 \(incarnation 2\), applied: /.test(line)),
    );
  });

  await t.step("finds a run by its id, and takes the newest where none is named", async () => {
    const named = await step([runId, "--runs", runs, "--limit", "3"]);
    const newest = await step(["--runs", runs, "--limit", "3"]);
    assert.equal(newest.out, named.out);
    assert.equal(named.said, "");
    assert.equal(newest.said, `The newest run: ${directory}`);
  });

  await t.step(
    "says what is wrong with a number below zero, and with a cluster's options",
    async () => {
      const below = await step([directory, "--from", "-1s"]);
      assert.equal(below.code, StepExit.unusable);
      assert.match(below.said, /^--from: "-1s": must be a place such as order-commands/);
      const limited = await step([directory, "--limit", "-5"]);
      assert.match(limited.said, /^--limit: "-5": must be a whole number from 1 to/);
      const cluster = await step([directory, "--brokers", "localhost:1"]);
      assert.equal(cluster.code, StepExit.unusable);
      assert.match(cluster.said, /its log is in its folder and on no cluster; leave --brokers/);
    },
  );

  await t.step("ends when it is interrupted while nobody reads what it writes", async () => {
    const interrupt = new AbortController();
    const stuck = await step([directory, "--json"], {
      signal: interrupt.signal,
      write: () => {
        interrupt.abort();
        return new Promise(() => {});
      },
    });
    assert.equal(stuck.code, StepExit.interrupted);
  });

  await t.step("says when its output cannot be written, without a stack", async () => {
    for (const only of [[], ["--type", "order-placed"]]) {
      const full = await step([directory, "--json", ...only], {
        write: () => Promise.reject(asOutputError("to standard output", systemError("ENOSPC"))),
      });
      assert.equal(full.code, StepExit.unusable);
      assert.equal(full.said, "Cannot write to standard output: ENOSPC");
    }
  });

  await t.step("prints from one point to another, or one entry, or so many", async () => {
    const heads = async (...args: readonly string[]) =>
      (await step([directory, ...args])).lines.flatMap((line) => /^#(\d+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(await heads("--from", "#10", "--to", "12"), ["10", "11", "12"]);
    assert.deepEqual(await heads("--at", "12"), ["12"]);
    assert.deepEqual(await heads("--from", "12", "--limit", "2"), ["12", "13"]);
    const [place] = (await step([directory, "--at", "orders/3/4"])).lines;
    assert.match(place ?? "", / orders\/3\/4 /);
    const [timed] = await heads("--from", "+1.38s", "--limit", "1");
    assert.ok(Number(timed) > 200);
    const turned = await step([directory, "--from", "12", "--to", "10"]);
    assert.deepEqual([turned.code, turned.out], [StepExit.unusable, ""]);
    assert.equal(turned.said, "--to: #10 is before --from, which is #12");
  });

  await t.step("prints only what passes, as steps of the actor that was asked for", async () => {
    const { lines } = await step([directory, "--user", "user-2", "--actor", "notifier"]);
    const who = lines.filter((line) => /^ {2}\S/.test(line));
    assert.ok(who.length > 3);
    assert.ok(who.every((line) => line.startsWith("  notifier-0 ")), who.join("\n"));
    const failures = await step([directory, "--failures"]);
    assert.match(failures.out, /is restarted after/);
    const none = await step([directory, "--type", "give-up"]);
    assert.deepEqual([none.code, none.out], [StepExit.fine, ""]);
    assert.match(none.said, /No entry has type=give-up/);
  });

  await t.step("prints JSON, one step a line, of a version that is told", async () => {
    const { lines } = await step([directory, "--at", "orders/3/4", "--json"]);
    const steps = lines.map((line) => JSON.parse(line));
    assert.deepEqual(steps.map(({ kind, actor, version }) => [kind, actor, version]), [
      ["step", "trading-engine", 1],
    ]);
    const { record, decision, before, after, sent } = steps[0];
    assert.equal(record.place, "orders/3/4");
    assert.match(decision.headline, /^Bought all 5 AAPL/);
    assert.notDeepEqual(before, after);
    assert.ok(sent.length > 3 && sent.every(({ place }: { place: string }) => place !== null));
    const event = JSON.parse((await step([directory, "--failures", "--json"])).lines[0] ?? "");
    assert.deepEqual([event.kind, event.event.kind], ["event", "fault"]);
  });

  await t.step("ends quietly when nobody reads any more", async () => {
    const { code, writes } = await step([directory], { reads: 1 });
    assert.deepEqual([code, writes], [StepExit.fine, 1]);
  });

  await t.step("says what the run does not have, and what is near", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--user", "user-22"], /no user "user-22"; near to it: .*user-2/],
      [["--actor", "order-gateway-77"], /no actor "order-gateway-77"; there are order-gateway-0$/],
      [["--order", "order-command-producer-0-33333"], /no order .*; near to it: order-command-/],
      [["--at", "orders/9/1"], /--at: There is no orders\/9\/1: orders has partitions 0 to 5/],
      [["--at", "#99999"], /--at: There is no #99999: entries are #0 to #\d+/],
      [["--from", "+9999s"], /--from: Nothing happened at \+2:46:39\.000 or later/],
    ];
    for (const [args, right] of cases) {
      const { code, said, out } = await step([directory, ...args]);
      assert.deepEqual([code, out], [StepExit.unusable, ""], args.join(" "));
      assert.match(said, right);
    }
  });

  await t.step("names the runs that are there where the one asked for is not", async () => {
    const { code, said } = await step(["nope-1", "--runs", runs]);
    assert.equal(code, StepExit.unusable);
    assert.match(said, /Cannot step through run "nope-1": it is not there; .*crash_before_commit/);
    assert.match((await step(["--runs", `${runs}/none`])).said, /there are no runs in/);
  });

  await t.step("shows a step that cannot be had, and goes on", async () => {
    const open = async (...args: Parameters<typeof openActorLog>) => {
      const log = await openActorLog(...args);
      const step: ActorLog["step"] = () => Promise.reject(new RangeError("planted\u001b[2J"));
      return Object.assign(log, { step });
    };
    const told = await step([directory, "--from", "0", "--to", "1"], { open });
    assert.equal(told.code, StepExit.fine);
    assert.deepEqual(
      told.lines.filter((line) => line.includes("planted")),
      [
        "  order-gateway: cannot be had: planted\\u{1b}[2J",
        "  order-gateway: cannot be had: planted\\u{1b}[2J",
      ],
    );
    const json = await step([directory, "--at", "0", "--json"], { open });
    const { kind, why } = JSON.parse(json.lines[0] ?? "");
    assert.deepEqual([kind, why], ["untold", "planted\u001b[2J"]);
  });
});

Deno.test("stepCommand() says of wrong options what would be right, and opens nothing", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--plian"], /--plian: no such option; did you mean --plain\?/],
    [["--limit", "0"], /--limit: "0": must be a whole number from 1/],
    [["--at", "odrers/3/4"], /--at: .*did you mean "orders"/],
    [["--at", "1", "--from", "2"], /--from: does not go with --at/],
    [["--plain", "--json"], /choose one/],
    [["--actor", "order-gatway"], /--actor: .*did you mean "order-gateway"/],
    [["--type", "order-rejcted"], /--type: .*did you mean "order-rejected"/],
    [["--live", "--user", "501"], /--user: does not go with --live/],
    [["--brokers", "x:1", "--user", ""], /--user: needs a value/],
    [["one", "two"], /"two" is too much/],
    [["--limit"], /--limit/],
  ];
  for (const [args, right] of cases) {
    const open = () => Promise.reject(new Error("nothing may be opened"));
    const { code, said, out } = await step(args, { open });
    assert.deepEqual([code, out], [StepExit.unusable, ""], args.join(" "));
    assert.match(said, right);
    assert.match(said, /--help lists the options/);
  }
});

Deno.test("stepCommand() --help says how it is used, within 100 columns", async () => {
  const { code, lines } = await step(["--help"]);
  assert.equal(code, StepExit.fine);
  assert.match(lines[0] ?? "", /^Usage: deno task step/);
  assert.ok(lines.every((line) => line.length <= 100));
});
