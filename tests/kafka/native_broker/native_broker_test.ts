/**
 * What a native broker is told and what its command line takes, without starting one.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { scramArguments, serverProperties } from "../../../kafka/native_broker/broker_settings.ts";
import {
  clearClusterFolder,
  nodePaths,
  openClusterFolder,
} from "../../../kafka/native_broker/cluster_folder.ts";
import { javaMajor } from "../../../kafka/native_broker/kafka_jars.ts";
import { parseKafkaArguments } from "../../../kafka/native_broker/main.ts";

const THREE = [1, 2, 3].map((node) => ({ client: 9090 + node, controller: 9190 + node }));

function settings(text: string): Map<string, string> {
  return new Map(
    text.trimEnd().split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

Deno.test("serverProperties() replicates three times over three brokers, two of them in sync", () => {
  const three = settings(serverProperties({ id: 2, dataDirectory: "/data", ports: THREE }));
  assert.equal(three.get("node.id"), "2");
  assert.equal(three.get("default.replication.factor"), "3");
  assert.equal(three.get("min.insync.replicas"), "2");
  assert.equal(three.get("offsets.topic.replication.factor"), "3");
  assert.equal(
    three.get("controller.quorum.voters"),
    "1@127.0.0.1:9191,2@127.0.0.1:9192,3@127.0.0.1:9193",
  );
  assert.equal(three.get("advertised.listeners"), "PLAINTEXT://127.0.0.1:9092");
  const one = settings(serverProperties({ id: 1, dataDirectory: "/data", ports: [THREE[0]!] }));
  assert.equal(one.get("default.replication.factor"), "1");
  assert.equal(one.get("min.insync.replicas"), "1");
});

Deno.test("serverProperties() listens on loopback alone, with security too", () => {
  const secured = { ssl: 9301, saslPlaintext: 9302, saslSsl: 9303 };
  const users = [{ name: "alice", password: "alice-secret" }];
  const text = settings(serverProperties({
    id: 1,
    dataDirectory: "/data",
    ports: [{ client: 9091, controller: 9191, secured }],
    security: { users, keyStore: { file: "/tls/broker.p12", password: "store" } },
  }));
  const listeners = text.get("listeners")!.split(",");
  assert.equal(listeners.length, 5);
  assert.ok(listeners.every((listener) => listener.includes("://127.0.0.1:")), String(listeners));
  assert.match(text.get("listener.name.sasl_ssl.plain.sasl.jaas.config")!, /user_alice=/);
  assert.deepEqual(scramArguments(users), [
    "--add-scram",
    "SCRAM-SHA-256=[name=alice,password=alice-secret]",
    "--add-scram",
    "SCRAM-SHA-512=[name=alice,password=alice-secret]",
  ]);
});

Deno.test("javaMajor() reads old and new versions", () => {
  assert.equal(javaMajor('openjdk version "17.0.15" 2025-04-15'), 17);
  assert.equal(javaMajor('java version "1.8.0_392"'), 8);
  assert.equal(javaMajor('openjdk version "25" 2025-09-16'), 25);
  assert.equal(javaMajor("no such thing"), null);
});

Deno.test("openClusterFolder() goes on with its own cluster and refuses others", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const wanted = { kafkaVersion: "4.3.1", brokers: 1 };
    const record = await openClusterFolder(directory, wanted);
    assert.match(record.clusterId, /^[\w][\w-]{21}$/);
    assert.deepEqual(await openClusterFolder(directory, wanted), record);
    const newer = { kafkaVersion: "4.4.0", brokers: 1 };
    await assert.rejects(openClusterFolder(directory, newer), /of Kafka 4\.3\.1, not 4\.4\.0/);
    const three = { kafkaVersion: "4.3.1", brokers: 3 };
    await assert.rejects(openClusterFolder(directory, three), /it has 1 broker\(s\), not 3/);
    const { data } = nodePaths(directory, 1);
    await Deno.mkdir(data, { recursive: true });
    await Deno.writeTextFile(join(data, "meta.properties"), "version=1\ncluster.id=other\n");
    await assert.rejects(openClusterFolder(directory, wanted), /belongs to cluster other/);
    await clearClusterFolder(directory);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
    await Deno.writeTextFile(join(directory, "letter.txt"), "mine");
    await assert.rejects(openClusterFolder(directory, wanted), /such as "letter\.txt"/);
    await assert.rejects(clearClusterFolder(directory), /such as "letter\.txt"/);
    assert.equal(await Deno.readTextFile(join(directory, "letter.txt")), "mine");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("parseKafkaArguments() takes one broker or three and says what else is wrong", () => {
  const three = parseKafkaArguments(["--brokers", "3", "--port", "19092", "--fresh"]);
  assert.ok(typeof three !== "string");
  assert.deepEqual([three.brokers, three.port, three.fresh], [3, 19092, true]);
  assert.match(three.directory, /brokers-3$/);
  for (
    const [argv, complaint] of [
      [["--brokers", "2"], /--brokers: "2": must be 1 or 3/],
      [["--port", "65535"], /--port: "65535": must be a port/],
      [["--port", "x"], /--port: "x"/],
      [["--directory", ""], /--directory/],
      [["--replicas"], /replicas/],
    ] as const
  ) {
    const said = parseKafkaArguments(argv);
    assert.ok(typeof said === "string");
    assert.match(said, complaint);
  }
});
