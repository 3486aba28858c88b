import assert from "node:assert/strict";
import { logPermissions } from "../../../actors/floor/log_permissions.ts";

const CLUSTER = { kind: "kafka", brokers: ["boot:9092"], topicPrefix: "run." } as const;

Deno.test("logPermissions() of an embedded log are its files and nothing else", () => {
  const { read, write, net, env } = logPermissions({ kind: "embedded", path: "a/log.sqlite" });
  assert.deepEqual(read, [
    "a/log.sqlite",
    "a/log.sqlite-wal",
    "a/log.sqlite-shm",
    "a/log.sqlite-journal",
    "a/log.sqlite-ends",
  ]);
  assert.deepEqual([write, net, env], [read, [], []]);
});

Deno.test("logPermissions() of a cluster are the brokers' addresses, and no file", () => {
  const { read, write, net } = logPermissions(CLUSTER, ["b1:9092", "b2:9092", "b1:9092"]);
  assert.deepEqual([read, write], [[], []]);
  assert.deepEqual(net, ["boot:9092", "b1:9092", "b2:9092"]);
});

Deno.test("logPermissions() take a proxy's address in the place of the broker's", () => {
  const through = { "boot:9092": "127.0.0.1:1", "b1:9092": "127.0.0.1:2" };
  const { net } = logPermissions({ ...CLUSTER, through }, ["b1:9092", "b2:9092"]);
  assert.deepEqual(net, ["127.0.0.1:1", "127.0.0.1:2", "b2:9092"]);
});

Deno.test("logPermissions() reach the secrets only with SASL, and the certificates only with TLS", () => {
  for (const client of ["kafkajs", "platformatic"] as const) {
    const secret = (name: string) => name.startsWith("OUTCRY_");
    const plain = logPermissions({ ...CLUSTER, client });
    assert.deepEqual(plain.env.filter(secret), []);
    assert.deepEqual(plain.read.filter((path) => !path.endsWith(".wasm")), []);
    const { read, env } = logPermissions({
      ...CLUSTER,
      client,
      tls: { caFile: "/ca.pem" },
      sasl: { mechanism: "plain" },
    });
    assert.deepEqual(env.filter(secret), ["OUTCRY_KAFKA_USERNAME", "OUTCRY_KAFKA_PASSWORD"]);
    assert.equal(read.at(-1), "/ca.pem");
  }
});
