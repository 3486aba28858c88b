import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import { lockFile } from "../../../../actors/floor/process_lock.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import { buildRunIndex } from "../../../../sim/actor_log/index/build_run_index.ts";
import { openRunIndex } from "../../../../sim/actor_log/index/open_run_index.ts";
import { readyRunIndex } from "../../../../sim/actor_log/index/ready_run_index.ts";
import { RunIndexError } from "../../../../sim/actor_log/index/run_index_error.ts";
import { drawLog } from "./drawn_log.ts";

interface Ground extends AsyncDisposable {
  readonly log: EventLog;
  readonly directory: string;
  readonly events: string;
  readonly file: string;
}

async function ground(): Promise<Ground> {
  const { log, events } = await drawLog(seededRandom(1), 120);
  const directory = await Deno.makeTempDir({ prefix: "outcry-index-" });
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return {
    log,
    directory,
    events: path,
    file: join(directory, "steps", "order.sqlite"),
    async [Symbol.asyncDispose]() {
      await log.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function refusedAs(code: RunIndexError["code"]) {
  return (error: unknown) => {
    assert.ok(error instanceof RunIndexError && error.code === code, String(error));
    assert.match(error.message, /^Cannot (use|write) the index .+: .+/);
    return true;
  };
}

async function publishPrice(log: EventLog): Promise<void> {
  await log.publish([{ topic: "market-data", partition: 0, records: [{ key: "A", value: "{" }] }]);
}

Deno.test("openRunIndex() says that there is none", async () => {
  await using at = await ground();
  await assert.rejects(openRunIndex(at.file, at), refusedAs("missing"));
});

Deno.test("readyRunIndex() builds an index once, and tells how far it is", async () => {
  await using at = await ground();
  const shares: number[] = [];
  const why: string[] = [];
  const asked = { ...at, onRebuild: (text: string) => void why.push(text) };
  using index = await readyRunIndex({ ...asked, onProgress: (share) => void shares.push(share) });
  assert.equal(shares.at(-1), 1);
  const told = shares.length;
  using again = await readyRunIndex({ ...asked, onProgress: (share) => void shares.push(share) });
  assert.equal(shares.length, told);
  assert.deepEqual(why, []);
  assert.deepEqual(again.entryAt(7), index.entryAt(7));
  assert.equal(index.bytes, (await Deno.stat(at.file)).size);
});

Deno.test("openRunIndex() calls an index stale when the run has gone on, unless grown is right", async () => {
  await using at = await ground();
  await buildRunIndex(at);
  await publishPrice(at.log);
  await assert.rejects(openRunIndex(at.file, at), refusedAs("stale"));
  using old = await openRunIndex(at.file, { ...at, grown: true });
  const why: string[] = [];
  using index = await readyRunIndex({ ...at, onRebuild: (text) => void why.push(text) });
  assert.equal(index.records, old.records + 1);
  assert.equal(why.length, 1);
  assert.match(
    why[0]!,
    /the run has gone on since it was made: market-data\/0 ended at offset \d+, and/,
  );
});

Deno.test("openRunIndex() calls an index stale when there are more runtime events", async () => {
  await using at = await ground();
  await buildRunIndex(at);
  const event = { at: 1, number: 999, actor: "a", incarnation: 0, kind: "starting" };
  await Deno.writeTextFile(at.events, `${JSON.stringify(event)}\n`, { append: true });
  await assert.rejects(openRunIndex(at.file, at), refusedAs("stale"));
  using index = await readyRunIndex(at);
  assert.notEqual(index.rankOfEvent(999), null);
});

Deno.test("openRunIndex() calls an index of another run stale, grown or not", async () => {
  await using at = await ground();
  await using other = await ground();
  await buildRunIndex(at);
  const { log } = await drawLog(seededRandom(2), 10);
  await using _closing = log;
  await assert.rejects(openRunIndex(at.file, { ...other, log, grown: true }), refusedAs("stale"));
});

Deno.test("readyRunIndex() notices any damage, and builds anew", async () => {
  await using at = await ground();
  await buildRunIndex(at);
  const whole = await Deno.readFile(at.file);
  const damages: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    () => new Uint8Array(),
    (bytes) => bytes.subarray(0, 40),
    (bytes) => bytes.subarray(0, bytes.length - 100),
    (bytes) => bytes.with(70, bytes[70]! ^ 1),
    (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 0x80),
    () =>
      new TextEncoder().encode(
        "a text, and a long one at that, which is no database at all ".repeat(9),
      ),
  ];
  for (const damage of damages) {
    await Deno.writeFile(at.file, damage(whole.slice()));
    await assert.rejects(openRunIndex(at.file, at), refusedAs("damaged"));
    const why: string[] = [];
    using index = await readyRunIndex({ ...at, onRebuild: (text) => void why.push(text) });
    assert.equal(why.length, 1);
    assert.ok(index.length > 0);
  }
});

Deno.test("openRunIndex() refuses an index of another version, even one that is whole", async () => {
  await using at = await ground();
  await buildRunIndex(at);
  {
    using database = new DatabaseSync(at.file);
    database.exec(`UPDATE facts SET json = json_set(json, '$.version', 99)`);
  }
  await Deno.rename(at.file, `${at.file}-unsealed`);
  const { installIndex } = await import("../../../../sim/actor_log/index/index_file.ts");
  installIndex(`${at.file}-unsealed`, at.file);
  await assert.rejects(openRunIndex(at.file, at), refusedAs("version"));
  using index = await readyRunIndex(at);
  assert.ok(index.length > 0);
});

Deno.test("buildRunIndex() leaves nothing but its lock when it is interrupted", async () => {
  await using at = await ground();
  const stopping = new AbortController();
  const reason = new Error("enough");
  await assert.rejects(
    buildRunIndex({ ...at, signal: stopping.signal, onProgress: () => stopping.abort(reason) }),
    reason,
  );
  const left = [...Deno.readDirSync(join(at.directory, "steps"))].map(({ name }) => name);
  assert.deepEqual(left, ["order.sqlite-lock"]);
  await assert.rejects(openRunIndex(at.file, at), refusedAs("missing"));
});

Deno.test("buildRunIndex() keeps the index that was there when it is interrupted", async () => {
  await using at = await ground();
  await buildRunIndex(at);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(buildRunIndex({ ...at, signal }), /enough/);
  using index = await openRunIndex(at.file, at);
  assert.ok(index.length > 0);
});

Deno.test("readyRunIndex() waits while another builds, and takes what that one built", async () => {
  await using at = await ground();
  await Deno.mkdir(join(at.directory, "steps"));
  const lock = await lockFile(`${at.file}-lock`);
  assert.ok(lock !== null);
  const shares: number[] = [];
  const waiting = readyRunIndex({ ...at, onProgress: (share) => void shares.push(share) });
  const aside = join(at.directory, "aside.sqlite");
  await buildRunIndex({ ...at, file: aside });
  await Deno.rename(aside, at.file);
  lock[Symbol.dispose]();
  using index = await waiting;
  assert.ok(index.length > 0);
  assert.deepEqual(shares, []);
});

Deno.test("readyRunIndex() may be asked twice at once", async () => {
  await using at = await ground();
  const [one, two] = await Promise.all([readyRunIndex(at), readyRunIndex(at)]);
  using first = one;
  using second = two;
  assert.deepEqual(second.entryAt(3), first.entryAt(3));
});

Deno.test("readyRunIndex() waits no longer than it is wanted", async () => {
  await using at = await ground();
  await Deno.mkdir(join(at.directory, "steps"));
  using lock = await lockFile(`${at.file}-lock`);
  assert.ok(lock !== null);
  const stopping = new AbortController();
  const waiting = readyRunIndex({ ...at, signal: stopping.signal });
  stopping.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});

Deno.test("buildRunIndex() says what it cannot write", async () => {
  await using at = await ground();
  await Deno.writeTextFile(join(at.directory, "steps"), "a file where the folder should be");
  await assert.rejects(buildRunIndex(at), refusedAs("cannot-write"));
});

Deno.test("buildRunIndex() passes over lines that are no events, and counts them", async () => {
  await using at = await ground();
  const lines = `{"at":1}\nnonsense\n${"x".repeat(1_100_000)}\n`;
  const good = `{"at":5,"number":7,"actor":"a","incarnation":0,"kind":"starting"}\n`;
  await Deno.writeTextFile(at.events, `${lines}${good}{"at":6,"number":8,"act`);
  assert.equal((await buildRunIndex(at)).unreadableEventLines, 3);
  using index = await openRunIndex(at.file, at);
  assert.equal(index.length, index.records + 1);
  assert.equal(index.unreadableEventLines, 3);
  assert.notEqual(index.rankOfEvent(7), null);
});

Deno.test("buildRunIndex() makes an index of an empty run", async () => {
  await using at = await ground();
  const { log } = await drawLog(seededRandom(1), 0);
  await using _closing = log;
  const none = { ...at, log, events: null };
  using index = await readyRunIndex(none);
  assert.equal(index.length, 0);
  assert.equal(index.rankAtTime(0), 0);
  assert.deepEqual([...index.entries({ from: 0, direction: "forward" })], []);
  assert.deepEqual(index.ordersWith("1"), []);
  assert.deepEqual(index.nearestOrderIds("1"), []);
  assert.deepEqual(index.userNear("1"), { found: false, nearest: [] });
  assert.throws(() => index.entryAt(0), RangeError);
});
