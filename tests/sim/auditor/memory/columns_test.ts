import assert from "node:assert/strict";
import fc from "fast-check";
import { AuditMemory } from "../../../../sim/auditor/memory/audit_memory.ts";
import { PAGE_BYTES } from "../../../../sim/auditor/memory/page_memory.ts";

/** So little that nearly everything is in the file. */
const TIGHT = { bytes: 16 * PAGE_BYTES };

Deno.test("Column keeps what is set and is 0 elsewhere, however far apart", () => {
  using memory = new AuditMemory();
  for (
    const [kind, most] of [
      ["bytes", 255],
      ["words", 2 ** 32 - 1],
      ["doubles", Number.MAX_SAFE_INTEGER],
    ] as const
  ) {
    const column = memory.table()[kind]();
    assert.equal(column.get(3), 0);
    column.set(3, 7);
    column.set(100_000, most);
    column.set(2 ** 44, 9);
    assert.deepEqual([3, 4, 100_000, 100_001, 2 ** 44].map((row) => column.get(row)), [
      7,
      0,
      most,
      0,
      9,
    ]);
  }
});

Deno.test("PlaceColumn tells a place at 0/0 from none", () => {
  using memory = new AuditMemory();
  const places = memory.table().places("orders");
  places.set(2, { partition: 0, offset: 0 });
  assert.deepEqual(places.get(2), { topic: "orders", partition: 0, offset: 0 });
  assert.equal(places.get(1), null);
  assert.equal(places.get(9_999), null);
});

Deno.test("OffsetColumns keeps partitions apart", () => {
  using memory = new AuditMemory();
  const columns = memory.offsetColumns("words");
  columns.set(3, 10, 5);
  assert.equal(columns.get(3, 10), 5);
  assert.equal(columns.get(2, 10), 0);
  assert.equal(columns.get(3, 11), 0);
});

Deno.test("Table keeps every column of every row while its pages come and go", () => {
  const steps = fc.array(
    fc.record({
      table: fc.nat(2),
      column: fc.nat(3),
      row: fc.nat(30_000),
      value: fc.nat(255),
      forget: fc.boolean(),
    }),
    { minLength: 200, maxLength: 600, size: "max" },
  );
  fc.assert(
    fc.property(steps, (steps) => {
      using memory = new AuditMemory(TIGHT);
      const tables = [0, 1, 2].map(() => memory.table());
      const columns = tables.map((table) => [
        table.bytes(),
        table.words(),
        table.doubles(),
        table.bytes(),
      ]);
      const expected = new Map<string, number>();
      for (const [n, { table, column, row, value, forget }] of steps.entries()) {
        if (forget && n % 97 === 0) {
          tables[table]!.clear();
          for (const key of [...expected.keys()]) {
            if (key.startsWith(`${table} `)) expected.delete(key);
          }
        }
        columns[table]![column]!.set(row, value);
        expected.set(`${table} ${column} ${row}`, value);
        const probe = steps[(n * 31) % steps.length]!;
        assert.equal(
          columns[probe.table]![probe.column]!.get(probe.row),
          expected.get(`${probe.table} ${probe.column} ${probe.row}`) ?? 0,
        );
      }
      for (const [key, value] of expected) {
        const [table, column, row] = key.split(" ").map(Number);
        assert.equal(columns[table!]![column!]!.get(row!), value);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("AuditMemory puts out pages once it is full, and leaves no file behind", () => {
  const folder = Deno.makeTempDirSync();
  try {
    {
      using memory = new AuditMemory({ ...TIGHT, folder });
      const column = memory.table().doubles();
      for (let row = 0; row < 200_000; row++) column.set(row, row * 3);
      assert.ok(memory.spilledPages > 50);
      for (let row = 0; row < 200_000; row += 7) assert.equal(column.get(row), row * 3);
      // Without a name, so that it is gone however the process ends.
      if (Deno.build.os !== "windows") assert.deepEqual([...Deno.readDirSync(folder)], []);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("AuditMemory makes no file before it needs one, and says why it cannot make it", () => {
  using memory = new AuditMemory({ ...TIGHT, folder: "/no/such/folder" });
  const column = memory.table().words();
  column.set(1, 1);
  assert.throws(() => {
    for (let row = 0; row < 200_000; row++) column.set(row, row);
  }, /Cannot make a temporary file in \/no\/such\/folder: No such file/);
});
