import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { FileMemory } from "../../../../sim/auditor/memory/file_memory.ts";

Deno.test("FileMemory reads files of any size, each whole, one after the other", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const memory = new FileMemory();
    const path = join(folder, "file");
    for (const length of [10, 0, 5 * 1024 * 1024, 4 * 1024 * 1024, 1]) {
      const bytes = new Uint8Array(length).map((_, at) => at * 7 + length);
      Deno.writeFileSync(path, bytes);
      assert.equal(Buffer.compare(memory.read(path), bytes), 0, `${length} bytes`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
