import assert from "node:assert/strict";
import { OutputError } from "../../../sim/exports/output_error.ts";
import { writeFile, writeTo } from "../../../sim/exports/write_output.ts";

function withFolder(work: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await work(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function* failing(): AsyncGenerator<string> {
  yield "x".repeat(200_000);
  await Promise.resolve();
  throw new Error("the log went away");
}

Deno.test(
  "writeFile() writes all of it, and nothing beside it stays",
  withFolder(async (folder) => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i} é\n`);
    await writeFile(`${folder}/out`, lines, { force: false });
    assert.equal(await Deno.readTextFile(`${folder}/out`), lines.join(""));
    assert.deepEqual(namesIn(folder), ["out"]);
  }),
);

Deno.test(
  "writeFile() writes over nothing unless it is told to",
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/out`, "old");
    await assert.rejects(
      writeFile(`${folder}/out`, ["new"], { force: false }),
      new OutputError(`Cannot write ${folder}/out: it is there already; --force writes over it`),
    );
    assert.equal(await Deno.readTextFile(`${folder}/out`), "old");
    await writeFile(`${folder}/out`, ["new"], { force: true });
    assert.equal(await Deno.readTextFile(`${folder}/out`), "new");
    assert.deepEqual(namesIn(folder), ["out"]);
  }),
);

Deno.test(
  "writeFile() leaves nothing of what was not written whole, and the old file as it was",
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/out`, "old");
    for (const force of [true, false]) {
      const name = force ? "out" : "other";
      await assert.rejects(writeFile(`${folder}/${name}`, failing(), { force }), {
        message: "the log went away",
      });
    }
    assert.deepEqual(namesIn(folder), ["out"]);
    assert.equal(await Deno.readTextFile(`${folder}/out`), "old");
  }),
);

Deno.test(
  "writeFile() says in a sentence where it cannot write",
  withFolder(async (folder) => {
    await assert.rejects(
      writeFile(`${folder}/none/out`, ["x"], { force: false }),
      new OutputError(`Cannot write ${folder}/none/out: its folder is not there`),
    );
    for (const force of [true, false]) {
      await assert.rejects(
        writeFile(folder, ["x"], { force }),
        new OutputError(`Cannot write ${folder}: it is a folder`),
      );
    }
    assert.deepEqual(namesIn(folder), []);
  }),
);

Deno.test("writeTo() writes what a sink takes in pieces, and ends quietly when nobody reads", async () => {
  const written: number[] = [];
  const slow = {
    write(bytes: Uint8Array) {
      written.push(...bytes.subarray(0, 1_000));
      return Promise.resolve(Math.min(1_000, bytes.length));
    },
  };
  const text = "ab".repeat(50_000);
  assert.equal(await writeTo(slow, [text]), true);
  assert.equal(new TextDecoder().decode(Uint8Array.from(written)), text);
  let asked = 0;
  function* endless() {
    while (true) {
      asked++;
      yield text;
    }
  }
  const closed = { write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) };
  assert.equal(await writeTo(closed, endless()), false);
  assert.equal(asked, 1);
  const broken = { write: () => Promise.reject(new Error("disk")) };
  await assert.rejects(writeTo(broken, [text]), { message: "disk" });
  const error = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  const full = { write: () => Promise.reject(error) };
  await assert.rejects(
    writeTo(full, [text]),
    new OutputError("Cannot write to standard output: No space left on device", error),
  );
});
