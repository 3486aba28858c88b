import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseSimArguments, UsageError } from "../../../sim/command_line/sim_arguments.ts";
import { renderUsage } from "../../../sim/command_line/usage.ts";

function refusal(...argv: readonly string[]): string {
  try {
    parseSimArguments(argv);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  assert.fail(`${argv.join(" ")} was taken`);
}

Deno.test("parseSimArguments() fills in what is not said", () => {
  assert.deepEqual(parseSimArguments(["scenarios/burst.ts"]), {
    kind: "run",
    scenario: "scenarios/burst.ts",
    overrides: {},
    runs: "runs",
    runId: null,
    durability: "process",
    cluster: {},
    metricsPort: null,
    virtual: null,
    json: false,
  });
});

Deno.test("parseSimArguments() reads every option", () => {
  const argv = [
    ..."--seed 7 --rate 2000 --duration 10s --partitions 3 --runs out --run-id one".split(" "),
    "scenarios/replay_trades.ts",
    ..."--instances trading-engine=4,order-gateway=2 --instances notifier=0 --json".split(" "),
    ..."--durability disk --prices btc.csv --format binance-trades --speed 2.5".split(" "),
    ..."--symbol BTCUSDT".split(" "),
  ];
  assert.deepEqual(parseSimArguments(argv), {
    kind: "run",
    scenario: "scenarios/replay_trades.ts",
    overrides: {
      seed: 7,
      ratePerSecond: 2_000,
      durationMs: 10_000,
      partitions: 3,
      instances: { "trading-engine": 4, "order-gateway": 2, notifier: 0 },
      prices: {
        file: resolve("btc.csv"),
        format: "binance-trades",
        speed: 2.5,
        symbol: "BTCUSDT",
      },
    },
    runs: "out",
    runId: "one",
    durability: "disk",
    cluster: {},
    metricsPort: null,
    virtual: null,
    json: true,
  });
});

Deno.test("parseSimArguments() takes --virtual, once or --twice", () => {
  const virtualOf = (...argv: readonly string[]) => {
    const command = parseSimArguments(["scenarios/burst.ts", ...argv]);
    return command.kind === "run" ? command.virtual : undefined;
  };
  assert.deepEqual(virtualOf("--virtual", "--seed", "42"), { twice: false });
  assert.deepEqual(virtualOf("--twice", "--virtual", "--json"), { twice: true });
  assert.match(refusal("scenarios/burst.ts", "--twice"), /--twice: goes with --virtual/);
});

Deno.test("parseSimArguments() refuses beside --virtual what there is in real time only", () => {
  const refused = (...argv: readonly string[]) => refusal("a.ts", "--virtual", ...argv);
  assert.match(refused("--brokers", "a:1"), /^--virtual: .* takes no --brokers$/);
  assert.match(refused("--durability", "disk"), /takes no --durability$/);
  assert.match(refused("--metrics-port", "0"), /takes no --metrics-port$/);
  assert.match(refused("--client", "kafkajs", "--metrics-port", "0"), /--client, --metrics-port$/);
  assert.match(refusal("--resume", "runs/one", "--virtual"), /--resume: .* takes no --virtual$/);
});

Deno.test("parseSimArguments() lists, helps and resumes", () => {
  assert.deepEqual(parseSimArguments([]), { kind: "list" });
  assert.deepEqual(parseSimArguments(["--help", "--seed", "x"]), { kind: "help" });
  assert.deepEqual(parseSimArguments(["-h"]), { kind: "help" });
  assert.deepEqual(parseSimArguments(["--resume", "runs/one", "--json"]), {
    kind: "resume",
    directory: "runs/one",
    cluster: {},
    acceptLoss: false,
    metricsPort: null,
    json: true,
  });
});

Deno.test("parseSimArguments() takes --accept-loss beside --resume only", () => {
  const resumed = parseSimArguments(["--resume", "runs/one", "--accept-loss"]);
  assert.equal(resumed.kind === "resume" && resumed.acceptLoss, true);
  assert.match(refusal("x.ts", "--accept-loss"), /^--accept-loss: .*beside --resume/);
});

Deno.test("parseSimArguments() says what a wrong option should have been", () => {
  assert.match(
    refusal("x.ts", "--sed", "7"),
    /^--sed: no such option; did you mean --seed\? there are: --seed, --rate, /,
  );
  assert.match(refusal("x.ts", "--zzzzzzzzzz"), /^--zzzzzzzzzz: no such option; there are: /);
});

Deno.test("parseSimArguments() says what a wrong value should have been", () => {
  const wrong = [
    [["--seed", "1.5"], `--seed: "1.5": must be a whole number from 0 to 4294967295`],
    [["--rate", "-5"], `--rate: "-5": must be a positive number`],
    [["--rate", ""], `--rate: "": must be a positive number`],
    [["--partitions", "0"], `--partitions: "0": must be a whole number from 1 to 256`],
    [
      ["--run-id", "../up"],
      `--run-id: "../up": must be 1 to 128 letters, digits, ".", "_" and "-"`,
    ],
    [["--speed", "2"], "--speed: goes with --prices FILE, which is missing"],
  ] as const;
  for (const [argv, message] of wrong) assert.equal(refusal("x.ts", ...argv), message);
  assert.match(refusal("x.ts", "--duration", "soon"), /^--duration: "soon": must be milliseconds/);
  assert.match(refusal("x.ts", "--instances", "engine=2"), /must be group=N with a group of/);
  assert.match(
    refusal("x.ts", "--instances", "notifier"),
    /must be notifier=N with N from 0 to 64/,
  );
  assert.match(refusal("x.ts", "--durability", "disc"), /process, disk; did you mean "disk"\?$/);
  assert.match(
    refusal("x.ts", "--prices", "f", "--format", "csv"),
    /must be one of binance-trades$/,
  );
});

Deno.test("parseSimArguments() lists all wrong values at once", () => {
  assert.equal(refusal("x.ts", "--seed", "a", "--rate", "b").split("\n").length, 2);
});

Deno.test("parseSimArguments() wants one scenario", () => {
  assert.match(refusal("--seed", "7"), /^no scenario: give the path of one/);
  assert.match(refusal("a.ts", "b.ts"), /^b\.ts: one scenario at a time, and a\.ts is one$/);
});

Deno.test("parseSimArguments() resumes a run as it was begun", () => {
  assert.match(
    refusal("--resume", "runs/one", "--seed", "7", "burst.ts"),
    /so it takes no burst\.ts, --seed$/,
  );
  assert.match(
    refusal("--resume", "runs/one", "--brokers", "kafka:9092", "--topic-prefix", "p."),
    /so it takes no --topic-prefix$/,
  );
  assert.equal(
    refusal("--resume", "runs/one", "--brokers", "kafka"),
    `--brokers: "kafka": must be HOST:PORT, such as "localhost:9092": the port is missing`,
  );
});

Deno.test("parseSimArguments() reads which cluster the log is on", () => {
  const cluster = {
    brokers: "kafka-1:9092,kafka-2:9092",
    client: "platformatic",
    tls: true,
    "tls-ca": "ca.pem",
    sasl: "scram-sha-512",
  };
  const options = [
    ..."--brokers kafka-1:9092,kafka-2:9092 --client platformatic --tls --tls-ca ca.pem".split(" "),
    ..."--sasl scram-sha-512".split(" "),
  ];
  const run = parseSimArguments(["burst.ts", ...options, "--topic-prefix", "mine."]);
  assert.deepEqual(run.kind === "run" && run.cluster, { ...cluster, "topic-prefix": "mine." });
  const resumed = parseSimArguments(["--resume", "runs/one", ...options]);
  assert.deepEqual(resumed.kind === "resume" && resumed.cluster, cluster);
  assert.equal(
    refusal("x.ts", "--seed", "a", "--client", "java", "--brokers", "kafka:1"),
    `--seed: "a": must be a whole number from 0 to 4294967295\n` +
      `--client: "java": must be one of kafkajs, platformatic`,
  );
  assert.match(
    refusal("x.ts", "--brokers", "kafka:9092", "--durability", "disk"),
    /^--durability: goes with the embedded log; on Kafka every publish waits for all in-sync replicas$/,
  );
});

Deno.test("renderUsage() lists scenarios and options", () => {
  const usage = renderUsage([{ path: "scenarios/burst.ts", teaches: "Bursts." }]);
  assert.match(usage, /^Usage: deno task sim SCENARIO\.ts/);
  assert.match(usage, / {2}scenarios\/burst\.ts {2}Bursts\./);
  for (const option of ["--seed", "--resume", "--prices", "--json", "--brokers", "--sasl"]) {
    assert.ok(usage.includes(option));
  }
});

Deno.test("parseSimArguments() takes a port for metrics, also with --resume, and says what a port is", () => {
  const command = parseSimArguments(["x.ts", "--metrics-port", "9464"]);
  assert.equal(command.kind === "run" && command.metricsPort, 9464);
  const resumed = parseSimArguments(["--resume", "runs/one", "--metrics-port=0"]);
  assert.equal(resumed.kind === "resume" && resumed.metricsPort, 0);
  assert.equal(
    refusal("x.ts", "--metrics-port", "70000"),
    `--metrics-port: "70000": must be a whole number from 0 to 65535`,
  );
});
