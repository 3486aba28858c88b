import assert from "node:assert/strict";
import { join } from "node:path";
import { endsPath } from "../../kafka/embedded/acknowledged_ends.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { topicSettings } from "../../kafka/topics.ts";
import { checkLogOf } from "../../sim/check_log.ts";
import { RunFolderError, type RunPaths, runPaths } from "../../sim/run_folder.ts";
import { copyLog } from "../kafka/embedded/cut_log.ts";

const PLACE = { topic: "orders", partition: 2 };

/** A run whose log holds one order and has acknowledged four. */
async function withCutRun(work: (paths: RunPaths) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-check-log-" });
  try {
    const paths = runPaths(directory);
    const whole = join(directory, "whole.sqlite");
    {
      await using log = await openEventLog({ kind: "embedded", path: whole });
      await log.createTopics(topicSettings());
      await log.publish([{ ...PLACE, records: [{ key: "AAPL", value: "kept" }] }]);
      await copyLog(whole, paths.log);
      const lost = ["b", "c", "d"].map((value) => ({ key: "AAPL", value }));
      await log.publish([{ ...PLACE, records: lost }]);
    }
    await Deno.copyFile(endsPath(whole), endsPath(paths.log));
    await work(paths);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function refusal(paths: RunPaths): Promise<string> {
  return checkLogOf(paths, { acceptLoss: false, begun: true }).then(
    (found) => assert.fail(`not refused: ${found}`),
    (error: unknown) => {
      assert.ok(error instanceof RunFolderError);
      return error.message;
    },
  );
}

Deno.test("checkLogOf() finds nothing wrong with a whole log", async () => {
  await withCutRun(async (paths) => {
    const whole = { ...paths, log: join(paths.directory, "whole.sqlite") };
    assert.equal(await checkLogOf(whole, { acceptLoss: false, begun: true }), null);
  });
});

Deno.test("checkLogOf() refuses a log that was cut, naming what is gone and how to go on", async () => {
  await withCutRun(async (paths) => {
    const said = await refusal(paths);
    assert.match(
      said,
      /3 records are gone that were acknowledged: "orders"\/2 ends at 1 and had 4/,
    );
    assert.match(said, /sim --resume .* --accept-loss$/);
  });
});

Deno.test("checkLogOf() that accepts a loss sets the audit log's knowledge of it aside", async () => {
  await withCutRun(async (paths) => {
    const folder = join(paths.audit, "orders", "2");
    await Deno.mkdir(folder, { recursive: true });
    const tail = `${"0".repeat(20)}-${"4".padStart(20, "0")}.ndjson`;
    await Deno.writeTextFile(join(folder, tail), "four lines");
    const kept = `${"0".repeat(20)}-${"1".padStart(20, "0")}.ndjson`;
    await Deno.writeTextFile(join(folder, kept), "one line");
    const said = await checkLogOf(paths, { acceptLoss: true, begun: true });
    assert.match(
      said ?? "",
      /3 records are gone .*; what the audit log has of them is in .*-lost-1$/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [kept]);
    const aside = await Deno.readTextFile(join(`${paths.audit}-lost-1`, "orders", "2", tail));
    assert.equal(aside, "four lines");
    assert.equal(await checkLogOf(paths, { acceptLoss: false, begun: true }), null);
  });
});

Deno.test("checkLogOf() never accepts damage in the midst of the log", async () => {
  await withCutRun(async (paths) => {
    await Deno.remove(endsPath(paths.log));
    const bytes = await Deno.readFile(`${paths.log}-wal`).catch(() => new Uint8Array());
    assert.ok(bytes.length > 0);
    // Moved into the file, where nothing but the row's own checksum watches over it.
    await (await openEventLog({ kind: "embedded", path: paths.log })).close();
    const file = await Deno.readFile(paths.log);
    const at = new TextDecoder("latin1").decode(file).indexOf("kept");
    file[at] = file[at]! ^ 1;
    await Deno.writeFile(paths.log, file);
    await assert.rejects(
      checkLogOf(paths, { acceptLoss: true, begun: true }),
      /log\.sqlite is damaged: "orders"\/2 at 0 \(their row is damaged\)/,
    );
  });
});

Deno.test("checkLogOf() takes an empty file for the beginning of a run that had not begun only", async () => {
  const directory = await Deno.makeTempDir({ prefix: "outcry-check-log-" });
  try {
    const paths = runPaths(directory);
    await Deno.writeFile(paths.log, new Uint8Array());
    assert.match(await refusal(paths), /there is no such file, or it is empty/);
    assert.equal(await checkLogOf(paths, { acceptLoss: false, begun: false }), null);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
