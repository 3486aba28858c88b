import assert from "node:assert/strict";
import { floorParameters } from "../../actors/floor/floor_parameters.ts";
import { openFloor } from "../../actors/floor/open_floor.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { openEventLog, openMemoryLog } from "../../kafka/open_event_log.ts";
import { TOPIC_NAMES, topicSettings } from "../../kafka/topics.ts";
import type { TopicsAction } from "../../sim/command_line/topics_arguments.ts";
import { actOn, runTopicsCommand, TOPICS_EXIT } from "../../sim/topics_command.ts";

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

Deno.test("topics create with other partitions than there are says why not, and what to do", async () => {
  await using command = await commandLine();
  await command.run("create", "--log", command.path);
  const { code, text } = await command.run("create", "--log", command.path, "--partitions", "12");
  assert.equal(code, TOPICS_EXIT.drift);
  assert.match(text, /^Cannot give [a-z-]+ 12 partitions: it has 6 partitions instead of 12, /);
  assert.match(
    text,
    /Start a new run with the other count: deno task sim SCENARIO --partitions 12$/,
  );
});

Deno.test("topics compares a run with the partitions that it was begun with", async () => {
  await using command = await commandLine();
  {
    await using log = await openEventLog({ kind: "embedded", path: command.path });
    const partitions = Object.fromEntries(TOPIC_NAMES.map((name) => [name, 2]));
    const parameters = floorParameters({ symbols: ["AAPL"], partitions });
    await openFloor(log, parameters, { clock: systemClock });
  }
  const { code, text } = await command.run("describe", "--log", command.path);
  assert.equal(code, TOPICS_EXIT.fine, text);
  assert.match(text, /^orders +2 +keep /m);
});

/** Acts on a log as on that of a run on a cluster. */
async function actAsOnCluster(log: EventLog, action: TopicsAction) {
  const cluster = { kind: "kafka", brokers: ["kafka:9092"], topicPrefix: "one." } as const;
  const lines: string[] = [];
  const wanted = { kind: "act", action, log: cluster, runId: "one", partitions: null } as const;
  try {
    const code = await actOn(log, wanted, (line) => void lines.push(line));
    return { code, text: lines.join("\n") };
  } catch (error) {
    return { code: null, text: String(error) };
  }
}

Deno.test("topics delete removes the topics of a run, unless somebody works on them", async () => {
  await using log = await openMemoryLog();
  const none = await actAsOnCluster(log, "delete");
  assert.match(none.text, /Cannot delete topics: the cluster has none of run one; /);
  await log.createTopics([...topicSettings(), { ...topicSettings()[0]!, name: "strange" }]);
  const instanceId = "trading-engine-0";
  const member = await log.join({ group: "trading-engine", topics: ["orders"], instanceId });
  const busy = await actAsOnCluster(log, "delete");
  assert.match(busy.text, /Cannot delete topics: trading-engine-0 .* work on run one now; stop /);
  await member.leave();
  const done = await actAsOnCluster(log, "delete");
  assert.deepEqual(done, { code: TOPICS_EXIT.fine, text: "deleted 7 topics of run one" });
  assert.deepEqual((await log.describeTopics()).map(({ name }) => name), ["strange"]);
});

Deno.test("topics says what is wrong with a command", async () => {
  await using command = await commandLine();
  const { path } = command;
  for (
    const [args, message] of [
      [[], /Usage/],
      [["drop", "--log", path], /"drop" is not one of list, describe, create, delete/],
      [["delete", "--log", path], /a log in a file is deleted with its run: deno task clean/],
      [["delete", "--brokers", "k:1", "--delete"], /no run is named; add --run ID/],
      [["delete", "--brokers", "k:1", "--topic-prefix", "a.", "--delete"], /no run is named/],
      [["delete", "--brokers", "k:1", "--run", "a"], /gone for good; add --delete if you mean it/],
      [["delete", "--run", "a", "--delete"], /no log is named; add --log FILE, or --brokers/],
      [["list", "--brokers", "k:1", "--delete"], /--delete goes with the action delete/],
      [["describe", "--brokers", "k:1"], /no run is named; add --run ID or --topic-prefix P/],
      [["create", "--brokers", "k:1"], /topics list --brokers \.\.\. shows the runs/],
      [["list", "--brokers", "k"], /--brokers: "k": must be HOST:PORT.*the port is missing/],
      [["list", "--log", path, "--brokers", "k:1"], /--log FILE takes no --brokers/],
      [["list", "--log", path, "--run", "a"], /--log FILE takes no --run/],
      [["list", "--brokers", "k:1", "--run", "../a"], /"\.\.\/a" is no run's id/],
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
