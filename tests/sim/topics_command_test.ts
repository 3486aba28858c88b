import assert from "node:assert/strict";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { TOPIC_NAMES, topicSettings } from "../../kafka/topics.ts";
import { runTopicsCommand, TOPICS_EXIT } from "../../sim/topics_command.ts";

/** Runs the command in a folder of its own, for as long as the test lasts. */
async function commandLine() {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/events.log`;
  return {
    path,
    async run(...args: string[]) {
      const lines: string[] = [];
      const line = (text: string) => void lines.push(text);
      const code = await runTopicsCommand(args, { out: line, error: line });
      return { code, text: lines.join("\n") };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("topics create makes every topic of the table, and may be repeated", async () => {
  await using command = await commandLine();
  const first = await command.run("create", "--log", command.path);
  assert.equal(first.code, TOPICS_EXIT.fine);
  assert.match(first.text, /created 7 topics, found 0 there/);
  const second = await command.run("create", "--log", command.path);
  assert.equal(second.code, TOPICS_EXIT.fine);
  assert.match(second.text, /created 0 topics, found 7 there/);
  const list = await command.run("list", "--log", command.path);
  assert.equal(list.code, TOPICS_EXIT.fine);
  for (const name of TOPIC_NAMES) assert.match(list.text, new RegExp(`^${name}$`, "m"));
});

Deno.test("topics describe shows settings and offsets", async () => {
  await using command = await commandLine();
  {
    await using log = await openEventLog({ kind: "embedded", path: command.path });
    await log.createTopics(topicSettings());
    const records = [{ key: "AAPL", value: "{}" }, { key: "AAPL", value: "{}" }];
    await log.publish([{ topic: "orders", partition: 0, records }]);
  }
  const { code, text } = await command.run("describe", "--log", command.path);
  assert.equal(code, TOPICS_EXIT.fine);
  assert.match(text, /^topic +partitions +cleanup +stamped by +offsets +holds$/m);
  assert.match(text, /^orders +6 +keep +create-time +2 +orders and cancels/m);
  assert.match(text, /^order-commands +6 +keep +log-append-time +0 /m);
});

Deno.test("topics reports drift, and exits with its code", async () => {
  await using command = await commandLine();
  const made = await command.run("create", "--log", command.path, "--partitions", "2");
  assert.equal(made.code, TOPICS_EXIT.fine);
  const fine = await command.run("describe", "--log", command.path, "--partitions", "2");
  assert.equal(fine.code, TOPICS_EXIT.fine);
  const { code, text } = await command.run("list", "--log", command.path);
  assert.equal(code, TOPICS_EXIT.drift);
  assert.match(text, /orders has 2 partitions instead of 6/);
  const refused = await command.run("create", "--log", command.path);
  assert.equal(refused.code, TOPICS_EXIT.drift);
  assert.match(refused.text, /2 partitions instead of 6/);
});

Deno.test("topics says what is wrong with a command", async () => {
  await using command = await commandLine();
  const { path } = command;
  for (
    const [args, message] of [
      [[], /Usage/],
      [["delete", "--log", path], /"delete" is not one of list, describe, create/],
      [["list"], /no log is named/],
      [["create", "--log", path, "--partitions", "0"], /takes 1 to 1024, not "0"/],
      [["create", "--log", path, "--partitions", "six"], /not "six"/],
      [["list", "--lgo", path], /--lgo/],
      [["list", "--log"], /--log/],
    ] as const
  ) {
    const { code, text } = await command.run(...args);
    assert.equal(code, TOPICS_EXIT.usage, args.join(" "));
    assert.match(text, message);
  }
  assert.equal((await command.run("--help")).code, TOPICS_EXIT.fine);
});

Deno.test("topics list makes no log where there is none", async () => {
  await using command = await commandLine();
  const { code, text } = await command.run("list", "--log", command.path);
  assert.equal(code, TOPICS_EXIT.failed);
  assert.match(text, /there is no such file/);
  await assert.rejects(Deno.stat(command.path), Deno.errors.NotFound);
});
