import assert from "node:assert/strict";
import { join } from "node:path";
import { LiveClient, type Unasked } from "../../../sim/live/live_client.ts";
import { type LiveAddress, readLiveFile } from "../../../sim/live/live_file.ts";
import { type LiveStepping, serveLive } from "../../../sim/live/live_server.ts";
import {
  HELLO_WITHIN_MS,
  MAX_CLIENTS,
  MAX_EVENTS_WAITING,
  MAX_REQUEST_CHARACTERS,
  MAX_STRANGERS,
  WRITE_WITHIN_MS,
} from "../../../sim/live/limits.ts";
import { LIVE_VERSION, type LiveError } from "../../../sim/live/protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeFloor } from "./fake_floor.ts";

const RUN = "a-run";

interface Served {
  readonly floor: FakeFloor;
  readonly clock: FakeClock;
  readonly live: LiveStepping;
  readonly address: LiveAddress;
  readonly path: string;
}

async function served(use: (served: Served) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const clock = new FakeClock(1_000);
  const floor = new FakeFloor(clock);
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const live = await serveLive(floor, { directory, run: RUN, process: null, say });
  try {
    assert.ok(live !== null);
    const path = join(directory, "live.json");
    const file = await readLiveFile(path);
    assert.ok(file?.kind === "address");
    await use({ floor, clock, live, address: file.address, path });
    assert.deepEqual(said, []);
  } finally {
    await live?.close("the test is over");
    await Deno.remove(directory, { recursive: true });
  }
}

async function attached(address: LiveAddress, heard: Unasked[] = []): Promise<LiveClient> {
  const onUnasked = (message: Unasked) => void heard.push(message);
  const client = await LiveClient.attach(address, { run: RUN, onUnasked });
  assert.ok(client !== null);
  return client;
}

/** Everything that is answered to a text, until the connection is closed. */
async function answerTo(address: LiveAddress, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
  await connection.write(new TextEncoder().encode(text));
  await connection.closeWrite();
  return await new Response(connection.readable).text();
}

const hello = (fields: object) => `${JSON.stringify({ id: 0, method: "hello", ...fields })}\n`;

Deno.test("serveLive() answers nothing to who does not show the token", async () => {
  await served(async ({ address }) => {
    const { token } = address;
    const version = LIVE_VERSION;
    const wrong = token.replace(/./g, (digit) => digit === "0" ? "1" : "0");
    const attempts = [
      hello({ token: wrong, version }),
      hello({ token: token.slice(1), version }),
      hello({ token: "", version }),
      `{"id":0,"method":"actors"}\n`,
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "x".repeat(MAX_REQUEST_CHARACTERS + 1),
    ];
    for (const attempt of attempts) assert.equal(await answerTo(address, attempt), "", attempt);
    assert.match(await answerTo(address, hello({ token, version: 99 })), /"code":"version"/);
  });
});

Deno.test("serveLive() closes connections that stay silent, and those that are too many", async () => {
  await served(async ({ address, clock }) => {
    const { port } = address;
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
    const silent = await Promise.all(Array.from({ length: MAX_STRANGERS }, connect));
    await eventually("all are waited for", () => clock.pending.length === MAX_STRANGERS);
    assert.equal(await answerTo(address, ""), "");
    await clock.advance(HELLO_WITHIN_MS);
    const ends = silent.map(async (one) => {
      assert.equal(await one.read(new Uint8Array(1)), null);
      one.close();
    });
    await Promise.all(ends);
    await (await attached(address)).close();
  });
});

Deno.test("serveLive() lets a few steppers attach, and tells the next one why it may not", async () => {
  await served(async ({ address }) => {
    const clients = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => attached(address)));
    await assert.rejects(attached(address), ({ code, message }: LiveError) => {
      assert.deepEqual([code, /4 steppers are attached already/.test(message)], ["refused", true]);
      return true;
    });
    await Promise.all(clients.map((client) => client.close()));
  });
});

Deno.test("serveLive() lists actors, suspends and steps them, and tells of what happens", async () => {
  await served(async ({ floor, address, live }) => {
    const heard: Unasked[] = [];
    const client = await attached(address, heard);
    await client.ask({ method: "events" });
    floor.engines[0].end = 2;
    await client.ask({ method: "suspend", actor: "trading-engine-0" });
    assert.equal(live.isHolding, true);
    const step = await client.ask({ method: "step", actor: "trading-engine-0" });
    const read = { topic: "orders", partition: 0, offset: 0 };
    assert.deepEqual(step, { incarnation: 1, at: 1_000, done: { read, wrote: [] } });
    const [first, second] = await client.ask({ method: "actors" }) as Record<string, unknown>[];
    assert.deepEqual(
      [first?.phase, first?.lag, first?.heldBy, first?.partitions],
      ["suspended", 1, "you", [{ topic: "orders", partition: 0, next: 1, end: 2, lag: 1 }]],
    );
    assert.deepEqual([second?.phase, second?.heldBy], ["running", null]);
    await live.release("the session is ending");
    await eventually("it hears of it", () => heard.length === 3);
    const texts = heard.flatMap((message) =>
      "event" in message && message.event.kind === "note" ? [message.event.text] : []
    );
    assert.deepEqual(texts, [
      "suspended by a live stepper",
      "resumed by a live stepper after 1 step: the session is ending",
    ]);
    const released = heard.filter((message) => "released" in message);
    assert.deepEqual(released, [{ released: "trading-engine-0", why: "the session is ending" }]);
    await client.close();
  });
});

Deno.test("serveLive() resumes what a stepper held whose connection breaks", async () => {
  await served(async ({ floor, address, live }) => {
    const client = await attached(address);
    await client.ask({ method: "suspend", actor: "trading-engine-1" });
    assert.equal(floor.engines[1].phase, "suspended");
    await client.close();
    await eventually("it goes on", () => floor.engines[1].phase === "running");
    assert.equal(live.isHolding, false);
  });
});

Deno.test("serveLive() lets go of a stepper that asks for what there is not", async () => {
  await served(async ({ address: at, floor }) => {
    const { token } = at;
    const greeting = hello({ token, version: LIVE_VERSION });
    const suspend = `{"id":1,"method":"suspend","actor":"trading-engine-0"}\n`;
    const said = await answerTo(at, `${greeting}${suspend}{"id":2,"method":"crash"}\n`);
    assert.match(said, /"ended":"it asked for what there is not"/);
    await eventually("it goes on", () => floor.engines[0].phase === "running");
    assert.match(await answerTo(at, `${greeting}{"id":1,"method":"act`), /"run":"a-run"/);
    assert.match(await answerTo(at, `${greeting}no JSON\n`), /"ended":".*not JSON"/);
  });
});

Deno.test("serveLive() tells who is attached when it closes, and takes its file away", async () => {
  await served(async ({ address, live, path }) => {
    const { mode } = await Deno.stat(path);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    const client = await attached(address);
    await live.close("the session has ended");
    assert.equal(await client.ended, "the session has ended");
    assert.equal(await readLiveFile(path), null);
    await assert.rejects(client.ask({ method: "actors" }), /the session has ended/);
    const onUnasked = () => {};
    assert.equal(await LiveClient.attach(address, { run: RUN, onUnasked }), null);
  });
});

Deno.test("serveLive() takes a stepper for dead that takes nothing of what it is sent", async () => {
  await served(async ({ floor, clock, address, live }) => {
    const { port, token } = address;
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = [
      { id: 0, method: "hello", token, version: LIVE_VERSION },
      { id: 1, method: "suspend", actor: "trading-engine-0" },
      { id: 2, method: "events" },
    ].map((line) => `${JSON.stringify(line)}\n`).join("");
    await connection.write(new TextEncoder().encode(lines));
    await eventually("it stands still", () => live.isHolding);
    // More than the system keeps for a reader that does not read.
    const source = { actor: "trading-engine-1", incarnation: 1 };
    const text = "x".repeat(64 * 1024);
    for (let n = 0; n < 400; n++) floor.runtime.events.append(source, { kind: "note", text });
    await eventually("a write waits", async () => {
      await clock.advance(WRITE_WITHIN_MS);
      return floor.engines[0].phase === "running";
    });
    assert.equal(live.isHolding, false);
  });
});

Deno.test("serveLive() tells a stepper how many events came too fast for it", async () => {
  await served(async ({ floor, address }) => {
    const heard: Unasked[] = [];
    const client = await attached(address, heard);
    await client.ask({ method: "events" });
    const source = { actor: "trading-engine-0", incarnation: 1 };
    const sent = MAX_EVENTS_WAITING + 250;
    for (let n = 0; n < sent; n++) {
      floor.runtime.events.append(source, { kind: "commit", partition: "orders/0", offset: n });
    }
    const lost = () => heard.reduce((sum, each) => sum + ("lost" in each ? each.lost : 0), 0);
    const events = () => heard.filter((each) => "event" in each).length;
    await eventually("all are accounted for", () => events() + lost() === sent);
    assert.equal(lost(), 250);
    await client.close();
  });
});
