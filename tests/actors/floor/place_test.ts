import assert from "node:assert/strict";
import { join } from "node:path";
import { FloorParametersError, startFloor } from "../../../mod.ts";

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-" });
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const EMBEDDED = { log: "embedded", symbols: ["AAPL"] } as const;

Deno.test("startFloor() refuses a directory in which another floor runs", async () => {
  await inFolder(async (directory) => {
    await using floor = await startFloor({ ...EMBEDDED, directory });
    await assert.rejects(
      startFloor({ ...EMBEDDED, directory }),
      (error) => error instanceof FloorParametersError && /another floor runs/.test(error.message),
    );
    await floor.idle();
  });
});

Deno.test("startFloor() opens a floor again, and accounts that are open stay as they are", async () => {
  await inFolder(async (directory) => {
    const options = { ...EMBEDDED, directory, limits: { answersPerUser: 1 } };
    {
      const accounts = [{ userId: "501", cash: 1_000 }];
      await using floor = await startFloor({ ...options, accounts });
      await floor.orders.deposit({ userId: "501", depositId: "d1", amount: 5 });
      await floor.orders.deposit({ userId: "501", depositId: "d2", amount: 5 });
    }
    const accounts = [{ userId: "501", cash: 9_999 }, { userId: "502", cash: 1 }];
    await using floor = await startFloor({ ...options, accounts });
    assert.equal((await floor.portfolio("501"))?.cash, 1_010);
    assert.equal((await floor.portfolio("502"))?.cash, 1);
  });
});

Deno.test("startFloor() refuses other parameters for a floor that was opened, naming the first", async () => {
  await inFolder(async (directory) => {
    await (await startFloor({ ...EMBEDDED, directory })).stop();
    await assert.rejects(
      startFloor({ ...EMBEDDED, directory, limits: { orderBurst: 7 } }),
      (error) =>
        error instanceof FloorParametersError && /orderBurst 1000, not 7/.test(error.message),
    );
  });
});

Deno.test("startFloor() gives a gateway's worker no way to the audit log", async () => {
  await inFolder(async (directory) => {
    await using floor = await startFloor({ ...EMBEDDED, directory });
    const probe = floor.host.start({
      id: "probe",
      role: "probe",
      incarnation: 1,
      module: new URL("./write_probe_worker.ts", import.meta.url),
      options: { path: join(await Deno.realPath(directory), "audit", "forged.ndjson") },
      create: () => () => Promise.reject(new Error("not in this thread")),
    });
    const { error } = await probe.down;
    assert.match(error?.message ?? "", /Requires write access/);
  });
});
