import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  CLUSTER_OPTIONS,
  clusterConfigAgain,
  clusterConfigOf,
  deleteCommand,
} from "../../../sim/command_line/cluster_arguments.ts";
import { UsageError } from "../../../sim/command_line/usage_error.ts";

function configOf(line: string) {
  const { values } = parseArgs({ args: line.split(" ").filter(Boolean), options: CLUSTER_OPTIONS });
  return clusterConfigOf(values, { runId: "burst-1" });
}

function refusal(line: string): string {
  try {
    configOf(line);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  assert.fail(`${line} was taken`);
}

Deno.test("clusterConfigOf() reads what is given and leaves out what is not", () => {
  assert.equal(configOf(""), null);
  assert.deepEqual(configOf("--brokers localhost:9092"), {
    kind: "kafka",
    brokers: ["localhost:9092"],
    topicPrefix: "burst-1.",
  });
  assert.deepEqual(
    configOf(
      "--brokers kafka-1.example:9092,10.0.0.7:1,[::1]:65535,10.0.0.7:1 --client platformatic --tls " +
        "--sasl SCRAM-SHA-256 --topic-prefix team_a.",
    ),
    {
      kind: "kafka",
      brokers: ["kafka-1.example:9092", "10.0.0.7:1", "[::1]:65535"],
      client: "platformatic",
      topicPrefix: "team_a.",
      tls: { caFile: null },
      sasl: { mechanism: "scram-sha-256" },
    },
  );
  assert.deepEqual(configOf("--brokers b:1 --tls-ca ca.pem")?.tls, { caFile: resolve("ca.pem") });
  assert.equal(configOf("--brokers b:1 --topic-prefix=")?.topicPrefix, "");
});

Deno.test("clusterConfigOf() says of each option what would be right", () => {
  const form = `must be HOST:PORT, such as "localhost:9092"`;
  const wrong = [
    ["--brokers localhost", `--brokers: "localhost": ${form}: the port is missing`],
    ["--brokers localhost:", `--brokers: "localhost:": ${form}`],
    ["--brokers localhost:x", `--brokers: "localhost:x": ${form}`],
    ["--brokers localhost:0", `--brokers: "localhost:0": its port must be from 1 to 65535`],
    ["--brokers localhost:70000", `--brokers: "localhost:70000": its port must be from 1 to 65535`],
    ["--brokers ::1:9092", `--brokers: "::1:9092": ${form}`],
    ["--brokers=", `--brokers: "": ${form}`],
    ["--brokers a:1,", `--brokers: "": ${form}`],
    ["--brokers kafka://a:1", `--brokers: "kafka://a:1": ${form}, without kafka://`],
    [
      "--brokers a:1 --client kafkjs",
      `--client: "kafkjs": must be one of kafkajs, platformatic; did you mean "kafkajs"?`,
    ],
    [
      "--brokers a:1 --sasl scram",
      `--sasl: "scram": must be one of plain, scram-sha-256, scram-sha-512`,
    ],
    [
      "--brokers a:1 --topic-prefix a/b",
      `--topic-prefix: "a/b": must be at most 200 letters, digits, ".", "_" and "-"`,
    ],
    ["--brokers a:1 --tls-ca=", `--tls-ca: "": must be the name of a file`],
    ["--client kafkajs", "--client: goes with --brokers HOST:PORT, which is missing"],
    [
      "--tls --sasl plain",
      "--tls: goes with --brokers HOST:PORT, which is missing\n" +
      "--sasl: goes with --brokers HOST:PORT, which is missing",
    ],
  ] as const;
  for (const [line, message] of wrong) assert.equal(refusal(line), message);
  assert.match(refusal(`--brokers a:1 --topic-prefix ${"x".repeat(201)}`), /at most 200/);
  const many = Array.from({ length: 101 }, (_, i) => `b${i}:1`).join(",");
  assert.equal(refusal(`--brokers ${many}`), "--brokers: 101 of them: must be at most 100");
});

Deno.test("clusterConfigAgain() replaces what is given and keeps the rest", () => {
  const before = {
    kind: "kafka",
    brokers: ["old:9092"],
    client: "platformatic",
    topicPrefix: "burst-1.",
    tls: { caFile: "/ca.pem" },
  } as const;
  assert.deepEqual(clusterConfigAgain(before, {}), before);
  assert.deepEqual(
    clusterConfigAgain(before, { brokers: "new:9092", sasl: "plain", client: "kafkajs" }),
    { ...before, brokers: ["new:9092"], client: "kafkajs", sasl: { mechanism: "plain" } },
  );
  assert.throws(
    () => clusterConfigAgain(before, { "topic-prefix": "other." }),
    /--topic-prefix: "other\.": the run's topics are on the cluster already, under "burst-1\."/,
  );
});

Deno.test("deleteCommand() can be typed as it stands", () => {
  const config = { kind: "kafka", brokers: ["a:1", "b:2"], topicPrefix: "one." } as const;
  assert.equal(
    deleteCommand("one", config),
    "deno task topics delete --run one --delete --brokers a:1,b:2",
  );
  assert.equal(
    deleteCommand("one", {
      ...config,
      client: "platformatic",
      topicPrefix: "p.",
      tls: { caFile: "/ca.pem" },
      sasl: { mechanism: "plain" },
    }),
    "deno task topics delete --run one --delete --brokers a:1,b:2 --client platformatic " +
      `--tls-ca /ca.pem --sasl plain --topic-prefix "p."`,
  );
});
