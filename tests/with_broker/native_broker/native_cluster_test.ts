/**
 * One native broker: up, asked by Kafka's own tools, hurt, gone on with, and what stands in its way.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { NativeBrokerError, startNativeCluster } from "../../../kafka/native_broker/mod.ts";
import { eventually } from "../../support/eventually.ts";
import { consume, lives, produce, scratchFolder, startIn, tool } from "./cluster_of_a_test.ts";

Deno.test("startNativeCluster() keeps what was acknowledged through kill -9, a restart and a stop", async () => {
  await using folder = await scratchFolder();
  const first = await startIn(folder.path);
  try {
    await tool(first, "TopicCommand", "--create", "--topic", "trades", "--partitions", "1");
    assert.equal((await produce(first, "trades", ["one", "two"])).code, 0);
    const pid = first.nodes[0]!.pid;
    await first.kill(1);
    assert.equal(first.nodes[0]!.running, false);
    assert.equal(await lives(pid!), false);
    await first.start(1);
    assert.deepEqual(await consume(first, "trades", 2), ["one", "two"]);
  } finally {
    await first.stop();
  }
  // Other ports, the same cluster.
  await using again = await startIn(folder.path);
  assert.equal(again.clusterId, first.clusterId);
  assert.deepEqual(await consume(again, "trades", 2), ["one", "two"]);
});

Deno.test("NativeCluster.freeze() leaves connections without an answer until thaw()", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path);
  await cluster.freeze(1);
  assert.equal(await answers(cluster.brokers[0]!), false);
  await cluster.thaw(1);
  assert.equal(await answers(cluster.brokers[0]!), true);
  assert.match(await tool(cluster, "TopicCommand", "--list"), /^\s*$/);
  await cluster.freeze(1);
  await cluster.stop();
  assert.equal(cluster.nodes[0]!.running, false);
});

/** Whether a broker answers which versions of the protocol it speaks; a healthy one does at once. */
async function answers(address: string): Promise<boolean> {
  const [hostname, port] = address.split(":");
  const connection = await Deno.connect({ hostname: hostname!, port: Number(port) });
  // ApiVersions, version 0, correlation 1, no client id.
  await connection.write(new Uint8Array([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]));
  const late = Promise.withResolvers<null>();
  const deadline = setTimeout(() => late.resolve(null), 2_000);
  // A connection that is closed while it is read gives an error, which is no answer either.
  const read = connection.read(new Uint8Array(4)).catch(() => null);
  const answer = await Promise.race([read, late.promise]);
  clearTimeout(deadline);
  connection.close();
  await read;
  return answer !== null;
}

Deno.test("startNativeCluster() names the port that is taken and leaves nothing running", async () => {
  await using folder = await scratchFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = taken.addr.port;
  await assert.rejects(
    startIn(folder.path, { ports: port }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "port-taken" &&
      error.message.includes(`port ${port}`) && error.message.includes("--port"),
  );
});

Deno.test("startNativeCluster() refuses a Java that is too old, saying its version", async () => {
  await using folder = await scratchFolder();
  const java = await program(folder.path, "java", `echo 'openjdk version "11.0.2"' >&2`);
  await assert.rejects(
    startIn(folder.path, { java }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "java-too-old" &&
      /version 11; Kafka 4\.3\.1 needs a JDK, version 17/.test(error.message),
  );
  await assert.rejects(
    startIn(folder.path, { java: join(folder.path, "no-java") }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "java-missing" &&
      error.message.includes("install a JDK"),
  );
});

Deno.test("startNativeCluster() says that Maven is missing, or what it complained of", async () => {
  await using folder = await scratchFolder();
  const cache = join(folder.path, "cache");
  await assert.rejects(
    startIn(folder.path, { cache, maven: join(folder.path, "no-mvn") }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "maven-missing" &&
      error.message.includes("install Maven"),
  );
  const maven = await program(
    folder.path,
    "mvn",
    "echo '[ERROR] Unknown host repo.example'; echo '[ERROR] Re-run Maven using -X'; exit 1",
  );
  await assert.rejects(
    startIn(folder.path, { cache, maven }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "jars-unavailable" &&
      error.message.includes("Unknown host repo.example") && !error.message.includes("Re-run"),
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(cache)), [], "no half of it is left");
});

Deno.test("startNativeCluster() shows the log's end of a broker that ends at its start", async () => {
  await using folder = await scratchFolder();
  await assert.rejects(
    startIn(folder.path, { javaOptions: ["-XX:NoSuchOption"] }),
    (error) =>
      error instanceof NativeBrokerError && error.code === "broker-ended" &&
      error.message.includes("NoSuchOption") && error.message.includes("broker.log"),
  );
});

Deno.test("startNativeCluster() refuses a folder that another process runs, or is not its own", async () => {
  await using folder = await scratchFolder();
  await using _cluster = await startIn(folder.path);
  await assert.rejects(startIn(folder.path), /another process runs it/);
  await assert.rejects(
    startNativeCluster({ directory: folder.path, brokers: 1, fresh: true }),
    /no cluster's, such as "cluster"/,
  );
  assert.ok((await Deno.stat(join(folder.path, "cluster"))).isDirectory);
});

Deno.test("a native broker ends when the process that started it is killed with kill -9", async () => {
  await using folder = await scratchFolder();
  const holder = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--no-check"],
      new URL("./holding_process.ts", import.meta.url).pathname,
      join(folder.path, "cluster"),
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = holder.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const pid = Number(value);
  assert.ok(pid > 0 && await lives(pid), `the broker's process: ${value}`);
  holder.kill("SIGKILL");
  await holder.status;
  await reader.cancel();
  await eventually("the broker has ended", async () => !await lives(pid), 30_000);
});

/** A program of a test: a shell script. */
async function program(folder: string, name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
