import assert from "node:assert/strict";
import { AuditFolder } from "../../../sim/auditor/audit_folder.ts";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { ArrayLog } from "./support/array_log.ts";
import { segmentName, writePartition } from "./support/audit_writer.ts";

const AT = { topic: "orders", partition: 0 };

function recordsOf(count: number): LogRecord[] {
  const log = new ArrayLog(1);
  for (let i = 0; i < count; i++) {
    log.append("orders", 0, {
      key: i % 3 === 0 ? null : `key "${i}"`,
      value: i % 5 === 0
        ? Uint8Array.of(0xff, i & 255)
        : i % 7 === 0
        ? null
        : `{"n":${i},"é":"\\n"}`,
      headers: i % 4 === 0 ? { b: "2", a: "1" } : {},
    });
  }
  return Array.from({ length: count }, (_, offset) => {
    const record = log.read("orders", 0, offset);
    // Headers are written sorted.
    return { ...record, headers: Object.fromEntries(Object.entries(record.headers).sort()) };
  });
}

async function withFolder(count: number, act: (folder: string, records: LogRecord[]) => void) {
  const folder = await Deno.makeTempDir();
  try {
    const records = recordsOf(count);
    writePartition(`${folder}/orders/0`, "orders/0", records);
    act(folder, records);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function faultOf(folder: string, records: readonly LogRecord[]) {
  const audit = new AuditFolder(folder, AT);
  for (const record of records) audit.add(record);
  audit.finish();
  return audit.fault;
}

function flip(file: string, at: number): void {
  const bytes = Deno.readFileSync(file);
  bytes[at]! ^= 1;
  Deno.writeFileSync(file, bytes);
}

for (const count of [1, 255, 256, 257, 4095, 4096, 4097, 9000]) {
  Deno.test(`AuditFolder finds nothing wrong with ${count} records written as they are`, async () => {
    await withFolder(count, (folder, records) => assert.equal(faultOf(folder, records), null));
  });
}

Deno.test("AuditFolder finds a flipped byte and names the offset", async () => {
  await withFolder(5000, (folder, records) => {
    const file = `${folder}/orders/0/${segmentName(0)}`;
    const text = Deno.readTextFileSync(file);
    const bytes = new TextEncoder().encode(text.slice(0, text.indexOf('{"offset":777,')));
    flip(file, bytes.length + 30);
    const fault = faultOf(folder, records);
    assert.equal(fault?.kind, "different");
    assert.equal(fault?.offset, 777);
  });
});

Deno.test("AuditFolder finds a chain line that does not hold", async () => {
  await withFolder(300, (folder, records) => {
    const file = `${folder}/orders/0/${segmentName(0, 300)}`;
    const text = Deno.readTextFileSync(file);
    const at = new TextEncoder().encode(text.slice(0, text.indexOf('{"chain"'))).length;
    flip(file, at + 12);
    const fault = faultOf(folder, records);
    assert.equal(fault?.kind, "different");
    assert.match(fault!.text, /no valid chain through 256/);
  });
});

Deno.test("AuditFolder finds a line too many", async () => {
  await withFolder(5000, (folder, records) => {
    const file = `${folder}/orders/0/${segmentName(0)}`;
    Deno.writeTextFileSync(file, `${Deno.readTextFileSync(file)}{"offset":1}\n`);
    assert.match(faultOf(folder, records)!.text, /more in the segment at 0/);
  });
});

Deno.test("AuditFolder finds a missing segment and a tail that ends early", async () => {
  await withFolder(5000, (folder, records) => {
    const more = [...records, { ...records[0]!, offset: 5000 }];
    assert.deepEqual(
      { kind: faultOf(folder, more)?.kind, offset: faultOf(folder, more)?.offset },
      { kind: "short", offset: 5000 },
    );
    Deno.removeSync(`${folder}/orders/0/${segmentName(0)}`);
    assert.match(faultOf(folder, records)!.text, /no segment at 0/);
  });
});

Deno.test("AuditFolder compares what a short tail has before it calls it short", async () => {
  await withFolder(20, (folder, records) => {
    flip(`${folder}/orders/0/${segmentName(0, 20)}`, 60);
    const more = [...records, { ...records[0]!, offset: 20 }];
    assert.equal(faultOf(folder, more)?.kind, "different");
  });
});

Deno.test("AuditFolder takes the longest tail and passes over unfinished work", async () => {
  await withFolder(20, (folder, records) => {
    const partition = `${folder}/orders/0`;
    Deno.writeTextFileSync(`${partition}/${segmentName(0, 7)}`, "shorter");
    Deno.writeTextFileSync(`${partition}/${"0".repeat(20)}.audit-0.open`, "unfinished");
    assert.equal(faultOf(folder, records), null);
  });
});

Deno.test("AuditFolder looks no further than it is asked to", async () => {
  await withFolder(300, (folder, records) => {
    assert.equal(faultOf(folder, records.slice(0, 280)), null);
  });
});
