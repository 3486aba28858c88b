import assert from "node:assert/strict";
import { playWorld } from "../../../sim/explorer/play_world.ts";
import { worldOf } from "../../../sim/explorer/world_of.ts";

/** The task as `deno.json` has it, with other arguments. */
async function explore(...argv: readonly string[]) {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const [, ...command] = (tasks.explore.command as string).split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...command, ...argv],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("deno task explore plays seeds on several threads with the permissions of its task", async () => {
  const { code, out, err } = await explore("--seeds", "3", "--seed", "25", "--jobs", "2", "--json");
  assert.equal(code, 0, err + out);
  const report = JSON.parse(out);
  assert.equal(report.seeds, 3);
  assert.deepEqual(report.found, []);
  assert.ok(report.reached.trade > 0 && Array.isArray(report.never));
  assert.match(err, /exploring from seed 25 with 2 jobs/);
});

Deno.test("deno task explore plays a world from a file, and in a fresh process the same comes of it", async () => {
  const world = { ...worldOf(26), snapshotEveryRecords: 7 };
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(world));
    const { code, out, err } = await explore("--seed", "26", "--plan", file, "--json");
    assert.equal(code, 0, err + out);
    const { digest } = await playWorld(world);
    assert.equal(JSON.parse(out).played.digest.digest, digest?.digest);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("deno task explore refuses arguments that make no sense with 104", async () => {
  const unknown = await explore("--sedes", "3");
  assert.equal(unknown.code, 104);
  assert.match(unknown.err, /did you mean --seed/);
});
