import assert from "node:assert/strict";
import { join } from "node:path";
import { attachLive } from "../../../sim/live/attach_live.ts";
import { findLiveRun } from "../../../sim/live/find_live_run.ts";
import {
  newToken,
  readLiveFile,
  removeLiveFile,
  writeLiveFile,
} from "../../../sim/live/live_file.ts";
import { serveLive } from "../../../sim/live/live_server.ts";
import { LIVE_VERSION, LiveError, type LiveErrorCode } from "../../../sim/live/protocol.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { FakeFloor } from "./fake_floor.ts";
import { withRunFolder } from "./live_stage.ts";

async function refused(work: Promise<unknown>, code: LiveErrorCode, message: RegExp) {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof LiveError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** Of a port where nobody listens, as a killed process leaves it. */
async function leaveLiveFile(directory: string): Promise<string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const path = join(directory, "live.json");
  await writeLiveFile(path, { port, token: newToken() });
  return path;
}

Deno.test("attachLive() says why nobody is there, and what would be right", async () => {
  await withRunFolder(async (folder, runs) => {
    const { directory, report } = folder.paths;
    await refused(
      attachLive(join(runs, "other")),
      "no-run",
      /there is no manifest|no run's folder/,
    );
    await refused(attachLive(directory), "not-attachable", /it is going on, but .* just starting/);
    await leaveLiveFile(directory);
    await refused(attachLive(directory), "not-attachable", /it is going on/);
    folder[Symbol.dispose]();
    await refused(
      attachLive(directory),
      "not-running",
      new RegExp(`ended in the middle \\(process ${Deno.pid} was killed\\); .* --resume`),
    );
    await Deno.writeTextFile(report, "{}");
    await refused(attachLive(directory), "not-running", /it has ended; .* deno task step /);
  });
});

Deno.test("attachLive() attaches to no run of virtual time", async () => {
  await withRunFolder(async ({ paths }) => {
    await refused(attachLive(paths.directory), "not-attachable", /one of virtual time/);
  }, { virtual: true });
});

Deno.test("attachLive() names what is wrong with the file that says where a process is", async () => {
  await withRunFolder(async ({ paths: { directory } }) => {
    const path = join(directory, "live.json");
    for (const text of ["", "[]", `{"version":${LIVE_VERSION},"pid":1,"port":0,"token":"a"}`]) {
      await Deno.writeTextFile(path, text);
      await refused(attachLive(directory), "not-attachable", /live.json cannot be read: it is not/);
    }
    await Deno.writeTextFile(path, `{"version":99,"pid":7,"else":true}`);
    await refused(attachLive(directory), "version", /process 7 speaks version 99/);
  });
});

Deno.test("attachLive() takes nobody else on a killed process's port for the run", async () => {
  await withRunFolder(async ({ paths: { directory } }) => {
    const path = join(directory, "live.json");
    const stranger = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answering = (async () => {
      const connection = await stranger.accept();
      await connection.read(new Uint8Array(1_000));
      await connection.write(new TextEncoder().encode("220 mail.example.org ESMTP\r\n"));
      connection.close();
    })();
    try {
      await writeLiveFile(path, { port: stranger.addr.port, token: newToken() });
      await refused(attachLive(directory), "not-attachable", /it is going on/);
      await answering;
    } finally {
      stranger.close();
    }
  });
});

Deno.test("removeLiveFile() leaves a file that another process has written since", async () => {
  await withRunFolder(async ({ paths: { directory } }) => {
    const path = join(directory, "live.json");
    const [first, second] = [newToken(), newToken()];
    await writeLiveFile(path, { port: 1, token: first });
    await writeLiveFile(path, { port: 2, token: second });
    await removeLiveFile(path, first);
    const file = await readLiveFile(path);
    assert.equal(file?.kind === "address" && file.address.port, 2);
    await removeLiveFile(path, second);
    assert.equal(await readLiveFile(path), null);
  });
});

Deno.test("findLiveRun() finds the one that is going on, and names several", async () => {
  await withRunFolder(async (folder, runs) => {
    const { directory } = folder.paths;
    assert.equal(await findLiveRun(null, runs), directory);
    assert.equal(await findLiveRun("trading-1", runs), directory);
    await refused(findLiveRun("tradng-1", runs), "no-run", /did you mean "trading-1"/);
    folder[Symbol.dispose]();
    await leaveLiveFile(directory);
    await refused(findLiveRun(null, runs), "not-running", /no run is going on/);
    await withRunFolder(async ({ paths }, otherRuns) => {
      await Deno.mkdir(join(otherRuns, "trading-2"));
      for (const name of ["manifest.json"]) {
        await Deno.copyFile(paths.manifest, join(otherRuns, "trading-2", name));
      }
      const serving = await serveLive(new FakeFloor(systemClock), {
        directory: join(otherRuns, "trading-2"),
        run: "trading-1",
        process: "east",
        say: (text) => assert.fail(text),
      });
      try {
        const both = /2 runs are going on; name one of them: .*trading-1.*trading-2/;
        await refused(findLiveRun(null, otherRuns), "not-running", both);
      } finally {
        await serving?.close("over");
      }
    });
  });
});
