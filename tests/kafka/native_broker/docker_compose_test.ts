/**
 * What `docker-compose.yml` promises.
 *
 * @module
 */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { KAFKA_VERSION } from "../../../kafka/native_broker/kafka_jars.ts";

const Service = z.object({
  image: z.string(),
  profiles: z.array(z.string()).optional(),
  ports: z.array(z.string()),
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
  healthcheck: z.object({ test: z.array(z.string()), interval: z.string(), retries: z.number() }),
  volumes: z.array(z.string()),
});

const compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
}).parse(
  parse(await Deno.readTextFile(new URL("../../../docker-compose.yml", import.meta.url)), {
    merge: true,
  }),
);
const services = Object.entries(compose.services);
const three = services.filter(([, { profiles }]) => profiles?.includes("three"));

Deno.test("docker-compose.yml has one broker by default and three in a profile, pinned", () => {
  assert.deepEqual(services.filter(([, { profiles }]) => !profiles).map(([name]) => name), [
    "kafka",
  ]);
  assert.deepEqual(three.map(([name]) => name), ["kafka-1", "kafka-2", "kafka-3"]);
  for (const [, { image }] of services) assert.equal(image, `apache/kafka:${KAFKA_VERSION}`);
});

Deno.test("docker-compose.yml publishes on loopback what it advertises and asks after", () => {
  const published = services.map(([, { ports }]) => ports);
  assert.equal(new Set(published.flat()).size, 4);
  for (const [name, { ports, environment, healthcheck, volumes }] of services) {
    const [, port, inside] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(ports[0]!)!;
    assert.equal(ports.length, 1);
    assert.equal(inside, port);
    assert.equal(
      environment.KAFKA_ADVERTISED_LISTENERS,
      `PLAINTEXT://${name}:9094,HOST://127.0.0.1:${port}`,
    );
    assert.match(String(environment.KAFKA_LISTENERS), new RegExp(`HOST://:${port}$`));
    assert.deepEqual(healthcheck.test, ["CMD", "bash", "-c", `</dev/tcp/127.0.0.1/${port}`]);
    assert.deepEqual(volumes, [`${name}:${environment.KAFKA_LOG_DIRS}`]);
    assert.ok(name in compose.volumes);
  }
});

Deno.test("docker-compose.yml replicates as many times as there are brokers", () => {
  const factors = (environment: Record<string, string | number>) =>
    Object.entries(environment).filter(([name]) => name.endsWith("REPLICATION_FACTOR"));
  const inSync = (environment: Record<string, string | number>) =>
    Object.entries(environment).filter(([name]) => /MIN_(ISR|INSYNC_REPLICAS)$/.test(name));
  const all: [string, z.infer<typeof Service>, number, number][] = [
    ["kafka", compose.services.kafka!, 1, 1],
    ...three.map(([name, service]) =>
      [name, service, 3, 2] satisfies [string, z.infer<typeof Service>, number, number]
    ),
  ];
  for (const [name, { environment }, replicas, least] of all) {
    assert.equal(factors(environment).length, 4, name);
    for (const [setting, value] of factors(environment)) assert.equal(value, replicas, setting);
    assert.equal(inSync(environment).length, 3, name);
    for (const [setting, value] of inSync(environment)) assert.equal(value, least, setting);
    assert.equal(String(environment.KAFKA_CONTROLLER_QUORUM_VOTERS).split(",").length, replicas);
  }
  assert.deepEqual(three.map(([, { environment }]) => environment.KAFKA_NODE_ID), [1, 2, 3]);
  assert.equal(new Set(three.map(([, { environment }]) => environment.CLUSTER_ID)).size, 1);
});
