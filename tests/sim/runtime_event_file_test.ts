import assert from "node:assert/strict";
import { join } from "node:path";
import type { RuntimeEvent, RuntimeEventBody } from "../../actors/runtime/runtime_events.ts";
import { RuntimeEventFile } from "../../sim/runtime_event_file.ts";

function event(number: number, body: RuntimeEventBody = { kind: "starting" }): RuntimeEvent {
  return { ...body, at: 1_000 + number, number, actor: "trading-engine-0", incarnation: 1 };
}

async function withFile(use: (path: string) => void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    use(join(directory, "events.ndjson"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function eventsIn(path: string): readonly RuntimeEvent[] {
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

Deno.test("RuntimeEventFile writes one event a line, at once", async () => {
  await withFile((path) => {
    using file = RuntimeEventFile.open(path);
    assert.equal(file.nextNumber, 0);
    file.append(event(0));
    file.append(event(1, { kind: "note", text: "two\nlines" }));
    assert.deepEqual(eventsIn(path), [event(0), event(1, { kind: "note", text: "two\nlines" })]);
  });
});

Deno.test("RuntimeEventFile lets commits wait for what matters", async () => {
  await withFile((path) => {
    const commit = event(0, { kind: "commit", partition: "orders/0", offset: 7 });
    {
      using file = RuntimeEventFile.open(path);
      file.append(commit);
      assert.deepEqual(eventsIn(path), []);
      file.append(event(1));
      assert.deepEqual(eventsIn(path), [commit, event(1)]);
      file.append({ ...commit, number: 2 });
    }
    assert.equal(eventsIn(path).length, 3, "closing writes what waits");
  });
});

Deno.test("RuntimeEventFile goes on after a kill in the middle of a line", async () => {
  await withFile((path) => {
    {
      using file = RuntimeEventFile.open(path);
      file.append(event(0));
      file.append(event(1));
    }
    Deno.writeTextFileSync(path, `{"kind":"star`, { append: true });
    {
      using file = RuntimeEventFile.open(path);
      assert.equal(file.nextNumber, 2);
      file.append(event(2));
    }
    assert.deepEqual(eventsIn(path), [event(0), event(1), event(2)]);
  });
});

Deno.test("RuntimeEventFile starts anew when not one line was finished", async () => {
  await withFile((path) => {
    Deno.writeTextFileSync(path, `{"kind":"star`);
    using file = RuntimeEventFile.open(path);
    assert.equal(file.nextNumber, 0);
    assert.equal(Deno.readTextFileSync(path), "");
  });
});

Deno.test("RuntimeEventFile refuses events after it was closed", async () => {
  await withFile((path) => {
    const file = RuntimeEventFile.open(path);
    file[Symbol.dispose]();
    file[Symbol.dispose]();
    assert.throws(() => file.append(event(0)), /Cannot write event 0: its file is closed/);
  });
});
