import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Verdict } from "../../../sim/auditor/verdict.ts";
import { compileScenario } from "../../../sim/compile_scenario.ts";
import type { LogDigest } from "../../../sim/digest/digest_log.ts";
import type { MeterMetrics } from "../../../sim/measuring/meter_actor.ts";
import { coloured, plain } from "../../../sim/report/paint.ts";
import { renderReport, REPORT_COLUMNS } from "../../../sim/report/render_report.ts";
import {
  finishedReport,
  makeReport,
  type ReportInput,
  writeReport,
} from "../../../sim/report/run_report.ts";
import { scenario } from "../../../sim/scenario.ts";
import { VIRTUAL_EPOCH } from "../../../sim/virtual/virtual_epoch.ts";
import type { VirtualFacts } from "../../../sim/virtual/virtual_facts.ts";

const session = scenario("burst", {
  teaches: "How a floor takes bursts: queues grow, latency with them, and nothing is lost.",
  seed: 2008,
  symbols: ["AAPL"],
  phases: [{ name: "rush", kind: "burst", ratePerSecond: 2_000, duration: "8s" }],
  thresholds: {
    "orders.lost": "==0",
    "answer.p99": "<50ms",
    "fill.p99": "<50ms",
    "rejected.rate-limited": ">0",
  },
});

const encoded = { hdr: "", outOfRange: 0, maxMicroseconds: 0 };

const measured: MeterMetrics = {
  counts: {
    intended: { orders: 12_400, cancels: 2_000, deposits: 120, accounts: 0, malformed: 7 },
    sent: 14_527,
    answered: 12_400,
    orders: { placed: 11_000, rejected: 640, duplicates: 760 },
    cancels: { accepted: 1_800, rejected: 200 },
    deposits: { accepted: 120, rejected: 0 },
    accounts: { opened: 10, rejected: 0 },
    refusals: { "unknown-symbol": 620, "insufficient-cash": 20, "order-not-live": 200 },
    orderRefusals: { "unknown-symbol": 620, "insufficient-cash": 20 },
    trades: 5_210,
    fills: 10_420,
    cancelled: 1_500,
    deadLetters: 7,
    unanswered: 0,
    repeats: 12,
    gaps: 0,
    activeMs: 8_000,
    acrossStops: 0,
  },
  answer: {
    count: 11_640,
    outOfRange: 0,
    mean: 2,
    p50: 1.21,
    p90: 2.4,
    p99: 11.3,
    "p99.9": 40.12,
    max: 1_204.2,
  },
  fill: {
    count: 0,
    outOfRange: 0,
    mean: null,
    p50: null,
    p90: null,
    p99: null,
    "p99.9": null,
    max: null,
  },
  buckets: { answer: { counts: [], sum: 0 }, fill: { counts: [], sum: 0 } },
  histograms: { answer: encoded, fill: encoded },
  complete: true,
};

const verdicts: readonly Verdict[] = [
  {
    rule: "no-lost-order",
    statement: "every acknowledged command is in the log and has exactly one answer",
    status: "held",
    checked: 14_520,
    violations: 0,
  },
  {
    rule: "conservation",
    statement: "cash and shares are conserved per trade, per account and over the floor",
    status: "violated",
    checked: 5_210,
    violations: 1,
    counterexample: {
      text:
        "Bob paid 2,000 for the trade AAPL/7 and Alice received 1,999: the floor has lost one " +
        "cash unit between orders/3 at 1024 and notifications/1 at 2048",
      chain: [],
    },
  },
  {
    rule: "audit-log-complete",
    statement: "the audit log holds every record, unchanged and chained",
    status: "unknown",
    checked: 0,
    violations: 0,
    reason: "there is no audit folder",
  },
];

async function input(change: Partial<ReportInput> = {}): Promise<ReportInput> {
  return {
    runId: "burst-20260301-093000-x7k2",
    directory: "runs/burst-20260301-093000-x7k2",
    plan: await compileScenario(session),
    log: { kind: "embedded", durability: "process" },
    machine: { cores: 2, os: "linux", arch: "x86_64", deno: "2.9.6", outcry: "0.1.0" },
    startedAt: Date.UTC(2026, 2, 1, 9, 30),
    elapsedMs: 9_400,
    interrupted: false,
    resumed: 0,
    measured,
    floor: {
      restarts: { "trading-engine-0": 1, "order-gateway-1": 2 },
      zombies: 0,
      lag: 0,
      recordsAppended: 88_000,
      logOutages: 0,
      outages: [],
    },
    verdicts,
    faults: [],
    notes: [],
    ...change,
  };
}

const GOLDEN = `\
── burst ${"─".repeat(91)}
  How a floor takes bursts: queues grow, latency with them, and nothing is lost.
  run burst-20260301-093000-x7k2 · seed 2008 · embedded log, survives kill -9 · took 9.4 s
  2 cores, linux x86_64, Deno 2.9.6

Orders  12,400 intended · 14,527 commands sent · 12,400 answered · none unanswered
  placed                      11,000   88.7 %  ███████████████████████████████████▌
  unknown-symbol                 620    5.0 %  ██
  insufficient-cash               20    0.2 %  ▏
  resent: answered again         760    6.1 %  ██▌
  5,210 trades · cancels: 1,800 taken, 200 refused · 120 deposits · 7 malformed
  refused besides orders: 200 order-not-live
  1,550 orders/s · 11,000 records/s over 8 s

Latency                     count        p50        p90        p99      p99.9        max
  order → answer           11,640       1.21       2.40       11.3       40.1      1,204
  order → fill (taker)          0          –          –          –          –          –
  milliseconds, from the time at which the order was meant to be sent

Floor
  3 restarts (trading-engine-0, order-gateway-1 twice) · 7 dead letters · lag at the end 0

Invariants  1 of 3 held
  ✔ no-lost-order         every acknowledged command is in the log and has exactly one answer
  ✘ conservation          violated: Bob paid 2,000 for the trade AAPL/7 and Alice received 1,999:
                          the floor has lost one cash unit between orders/3 at 1024 and
                          notifications/1 at 2048
  ? audit-log-complete    unknown: there is no audit folder

Thresholds  2 of 4 passed
  ✔ orders.lost           ==0           0
  ✔ answer.p99            <50ms         11.3 ms
  ? fill.p99              <50ms         not measured
  ✘ rejected.rate-limited >0            0

Notes
  · Prices are drawn from a seeded geometric Brownian motion with jumps.
  · 12 notifications were published again by whoever took a partition over, recognised by their
    sequence and counted once.

FAIL  an invariant does not hold (exit code 98)
      kept in runs/burst-20260301-093000-x7k2`;

Deno.test("renderReport() is readable, word for word", async () => {
  const text = renderReport(makeReport(await input()), plain);
  assert.equal(text, GOLDEN);
});

Deno.test("renderReport() names the cluster and the outages", async () => {
  const { floor } = await input();
  const log = {
    kind: "kafka",
    client: "platformatic",
    brokers: 3,
    replication: 2,
    topicPrefix: "one.",
  } as const;
  const lost = { ...floor, logOutages: 2 };
  const text = renderReport(makeReport(await input({ log, floor: lost })), plain);
  assert.match(text, /Kafka 3 brokers by platformatic, replication 2\n? *·? *topics one\.\*/);
  assert.match(text, /log lost twice/);
  const unknown = { ...log, brokers: null, replication: null };
  assert.match(
    renderReport(makeReport(await input({ log: unknown })), plain),
    /Kafka by platformatic\n? *·? *topics one\.\*/,
  );
});

Deno.test("renderReport() keeps to its width and is the same text in colour", async () => {
  const report = makeReport(await input());
  const text = renderReport(report, plain);
  for (const line of text.split("\n")) {
    assert.ok(line.length <= REPORT_COLUMNS, line);
    assert.equal(line, line.trimEnd());
  }
  assert.equal(stripVTControlCharacters(renderReport(report, coloured)), text);
  assert.notEqual(renderReport(report, coloured), text);
});

Deno.test("makeReport() takes the metrics from meter and floor", async () => {
  const { metrics, exitCode, thresholds } = makeReport(await input());
  assert.equal(metrics.throughput, 12_400 / 8);
  assert.equal(metrics.records, 88_000 / 8);
  assert.equal(metrics["orders.lost"], 0);
  assert.equal(metrics.restarts, 3);
  assert.equal(metrics["rejected.unknown-symbol"], 620);
  assert.equal(metrics["rejected.stale"], 0);
  assert.equal(metrics["answer.p99.9"], 40.12);
  assert.equal(metrics["fill.p99"], undefined);
  assert.deepEqual(thresholds.map(({ verdict }) => verdict), [
    "passed",
    "passed",
    "unmeasured",
    "failed",
  ]);
  assert.equal(exitCode, 98);
});

Deno.test("renderReport() lists refusals of cancels and deposits apart from those of orders", async () => {
  const counts = {
    ...measured.counts,
    refusals: { "stale": 5, "order-not-live": 200, "id-conflict": 3 },
    orderRefusals: { "stale": 5, "id-conflict": 1 },
  };
  const text = renderReport(makeReport(await input({ measured: { ...measured, counts } })), plain);
  assert.match(text, /^ {2}refused besides orders: 200 order-not-live · 2 id-conflict$/m);
  assert.doesNotMatch(text, /^ {2}order-not-live/m);
  assert.match(text, /^ {2}id-conflict +1 +0\.0 %/m);
});

Deno.test("makeReport() judges only the invariants that the script asks for", async () => {
  const plan = { ...await compileScenario(session), invariants: ["no-lost-order"] };
  const report = makeReport(await input({ plan }));
  assert.deepEqual(report.invariants.map(({ rule }) => rule), ["no-lost-order"]);
  assert.equal(report.exitCode, 99);
});

Deno.test("makeReport() judges no audit log where no audit logger was asked for", async () => {
  const base = await compileScenario(session);
  const plan = { ...base, instances: { ...base.instances, "audit-logger": 0 } };
  const report = makeReport(await input({ plan }));
  assert.deepEqual(report.invariants.map(({ rule }) => rule), ["no-lost-order", "conservation"]);
  assert.ok(report.notes.some((note) => /audit-log-complete is not judged/.test(note)));
});

Deno.test("finishedReport() gives only a report of a run with nothing left to do", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/report.json`;
    assert.equal(await finishedReport(path), null);
    const report = makeReport(await input());
    await writeReport(path, report);
    assert.deepEqual(await finishedReport(path), JSON.parse(JSON.stringify(report)));
    const { floor } = report;
    for (
      const unfinished of [{ interrupted: true }, { floor: { ...floor, lag: 3 } }, { version: 1 }]
    ) {
      await Deno.writeTextFile(path, JSON.stringify({ ...report, ...unfinished }));
      assert.equal(await finishedReport(path), null);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("makeReport() says what a reader should know of the figures", async () => {
  const doubtful = {
    ...measured,
    complete: false,
    counts: { ...measured.counts, unanswered: null, gaps: 2 },
    answer: { ...measured.answer, outOfRange: 3 },
  };
  const report = makeReport(await input({ measured: doubtful, notes: ["One row was skipped."] }));
  assert.equal(report.metrics["orders.lost"], undefined);
  assert.equal(report.notes.at(-1), "One row was skipped.");
  assert.ok(report.notes.some((note) => note.startsWith("3 latencies were below zero")));
  assert.ok(report.notes.some((note) => note.startsWith("2 notifications are missing")));
  assert.match(renderReport(report, plain), /too many open to tell how many are unanswered/);
});

const DIGEST: LogDigest = {
  digest: "3f2a".padEnd(64, "0"),
  topics: { orders: "aa" },
  states: { "trading-engine orders/0": "bb" },
  records: 88_000,
};
const VIRTUAL = { startsAt: VIRTUAL_EPOCH, wallMs: 400, events: 31_000, digest: DIGEST } as const;

/** The part of a report that tells of virtual time. */
async function virtualTimeOf(virtual: VirtualFacts): Promise<string> {
  const text = renderReport(makeReport(await input({ virtual })), plain);
  return text.split("\n\n").find((section) => section.startsWith("Virtual time")) ?? "";
}

Deno.test("renderReport() tells how fast virtual time was, and the digest with its seed", async () => {
  const again = { ...DIGEST, digest: "77".padEnd(64, "0") };
  const told = await virtualTimeOf({ ...VIRTUAL, again: DIGEST });
  assert.equal(
    told,
    [
      "Virtual time  9.4 s played in 400 ms, 24 times faster than real time",
      "  31,000 orders/s of the machine's time · 31,000 events of the scheduler",
      `  digest ${DIGEST.digest}`,
      "  seed 2008 · the same when played again",
    ].join("\n"),
  );
  assert.match(await virtualTimeOf({ ...VIRTUAL, again }), /ANOTHER when played again/);
  assert.doesNotMatch(await virtualTimeOf(VIRTUAL), /again/);
  assert.match(await virtualTimeOf({ ...VIRTUAL, digest: null }), /^ {2}no digest$/m);
  assert.equal(renderReport(makeReport(await input()), plain).includes("Virtual time"), false);
});

Deno.test("makeReport() judges determinism only where it was played twice, or the script asks for it", async () => {
  const verdict = (status: Verdict["status"]): Verdict => ({
    rule: "determinism",
    statement: "the same again",
    status,
    checked: 1,
    violations: 0,
  });
  const judged = async (status: Verdict["status"], invariants?: string[]) => {
    const plan = { ...(await input()).plan, ...(invariants === undefined ? {} : { invariants }) };
    const report = makeReport(await input({ verdicts: [verdict(status)], plan }));
    return report.invariants.map(({ rule }) => rule);
  };
  assert.deepEqual(await judged("held"), ["determinism"]);
  assert.deepEqual(await judged("violated"), ["determinism"]);
  assert.deepEqual(await judged("unknown"), []);
  assert.deepEqual(await judged("unknown", ["determinism"]), ["determinism"]);
});

Deno.test("makeReport() counts faults that took place and those that did not", async () => {
  const outcome = {
    id: "faults[0]",
    name: "crash a",
    fault: "crash",
    firedAtMs: 7,
    on: ["a"],
    missed: null,
  };
  const faults = [outcome, { ...outcome, id: "faults[1]", firedAtMs: null, missed: "too late" }];
  const { metrics, faults: reported } = makeReport(await input({ faults }));
  assert.deepEqual([metrics["faults.fired"], metrics["faults.missed"]], [1, 1]);
  assert.equal(reported, faults);
});
