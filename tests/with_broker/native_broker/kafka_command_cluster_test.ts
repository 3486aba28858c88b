/**
 * `deno task kafka` as its user has it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { freePorts, isFree } from "../../../kafka/native_broker/ports.ts";
import { scratchFolder } from "./cluster_of_a_test.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("deno task kafka says its address and the next command, and ends cleanly at Ctrl-C", async () => {
  await using folder = await scratchFolder();
  const [port, controller] = freePorts(2);
  // The task's own permissions; a task's shell does not pass on a signal that it alone is sent.
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const command: readonly string[] = tasks.kafka.command.split(" ");
  const args = ["--port", String(port), "--directory", join(folder.path, "cluster")];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...command.slice(1), ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        said += text;
      },
    }),
  );
  const complaints = new Response(child.stderr).text();
  try {
    await eventually("Kafka is ready", () => said.includes("deno task sim"), 90_000);
    assert.match(said, new RegExp(`Kafka is ready at 127\\.0\\.0\\.1:${port}\n`));
    assert.match(said, new RegExp(`scenarios/burst\\.ts --brokers 127\\.0\\.0\\.1:${port}\n`));
  } finally {
    child.kill("SIGINT");
  }
  const { code } = await child.status;
  await reading;
  assert.equal(code, 0, said + await complaints);
  assert.match(said, /stopped\n$/);
  assert.ok(isFree(port!) && isFree(controller!));
  assert.ok((await Deno.stat(join(folder.path, "cluster/node-1/data/meta.properties"))).isFile);
});
