import assert from "node:assert/strict";
import { NotificationHub } from "../../../actors/notifier/notification_hub.ts";
import {
  type NotificationServer,
  type NotificationServerOptions,
  startNotificationServer,
} from "../../../actors/notifier/notification_server.ts";
import { type Clock, systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { type Envelope, notificationSchema } from "../../../kafka/messages/mod.ts";
import { neighbours, notificationLog, range, tell, until } from "./notifier_floor.ts";

const [USER] = neighbours();

interface Place extends AsyncDisposable {
  readonly log: EventLog;
  readonly hub: NotificationHub;
  readonly server: NotificationServer;
  readonly url: string;
}

/** Time that waits for nothing longer than a moment. */
const HASTY: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal),
};

async function serve(
  options: Partial<NotificationServerOptions> & { readonly maxQueued?: number } = {},
): Promise<Place> {
  const log = await notificationLog();
  const { maxQueued, ...rest } = options;
  const clock = systemClock;
  const hub = new NotificationHub({
    log,
    clock,
    ...(maxQueued === undefined ? {} : { maxQueued }),
  });
  const server = startNotificationServer({ hub, clock, ...rest });
  return {
    log,
    hub,
    server,
    url: `${server.url}/users/${USER}/notifications`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await hub.close();
      await log.close();
    },
  };
}

/** An event of a stream: its lines' fields. */
type Event = Readonly<Partial<Record<"id" | "event" | "data" | "retry" | "comment", string>>>;

/** A reader of server-sent events that takes whatever comes. */
async function listen(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  assert.equal(response.status, 200, response.ok ? "" : await response.text());
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const events: Event[] = [];
  const ended = (async () => {
    let text = "";
    try {
      for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) { // 200 has one
        text += piece;
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        events.push(...blocks.map(parseEvent));
      }
      return "closed";
    } catch {
      return "broken off";
    }
  })();
  return {
    events,
    ended,
    numbers: () => events.flatMap(({ data }) => data === undefined ? [] : [numberOf(data)]),
    async stop() {
      abort.abort();
      await ended;
    },
  };
}

function parseEvent(block: string): Event {
  return Object.fromEntries(
    block.split("\n").map((line) =>
      line.startsWith(":")
        ? ["comment", line]
        : [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]
    ),
  );
}

function numberOf(data: string): number | undefined {
  const notification: Envelope = notificationSchema.parse(JSON.parse(data));
  return notification.sequence;
}

/** A WebSocket client that takes whatever comes. */
async function connect(url: string) {
  const socket = new WebSocket(url.replace("http", "ws"));
  const frames: { id: string; notification: { sequence: number } }[] = [];
  socket.onmessage = ({ data }) => frames.push(JSON.parse(data));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await new Promise<unknown>((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    socket,
    frames,
    closed,
    numbers: () => frames.map(({ notification }) => notification.sequence),
    async stop() {
      socket.close();
      await closed;
    },
  };
}

Deno.test(
  "notification server tells server-sent events with id, type and JSON",
  async () => {
    await using place = await serve();
    const client = await listen(place.url);
    await tell(place.log, USER, [0, 1]);
    await until(() => client.events.length === 3);
    assert.deepEqual(client.events[0], { retry: "1000" });
    assert.match(client.events[1]?.id ?? "", /^\d:0$/);
    assert.equal(client.events[1]?.event, "order-cancelled");
    assert.deepEqual(client.numbers(), [0, 1]);
    await client.stop();
    await until(() => place.server.counters.connections === 0 && place.hub.counters.live === 0);
  },
);

Deno.test(
  "notification server resumes server-sent events after Last-Event-ID",
  async () => {
    await using place = await serve();
    const first = await listen(`${place.url}?after=beginning`);
    await tell(place.log, USER, range(0, 5));
    await until(() => first.numbers().length === 5);
    await first.stop();
    await tell(place.log, USER, range(5, 9));
    const id = first.events.find(({ data }) => data !== undefined && numberOf(data) === 2)?.id ??
      "";
    const second = await listen(place.url, { "last-event-id": id });
    await tell(place.log, USER, [9]);
    await until(() => second.numbers().length === 7);
    assert.deepEqual(second.numbers(), range(3, 10));
    await second.stop();
  },
);

Deno.test("notification server tells and resumes over a WebSocket", async () => {
  await using place = await serve();
  const first = await connect(`${place.url}/ws`);
  await until(() => place.hub.counters.live === 1);
  await tell(place.log, USER, range(0, 5));
  await until(() => first.frames.length === 5);
  await first.stop();
  await until(() => place.hub.counters.live === 0);
  await tell(place.log, USER, range(5, 9));
  const second = await connect(`${place.url}/ws?after=${first.frames[2]?.id}`);
  await tell(place.log, USER, [9]);
  await until(() => second.frames.length === 7);
  assert.deepEqual([first.numbers(), second.numbers()], [range(0, 5), range(3, 10)]);
  await second.stop();
});

Deno.test(
  "notification server goes on telling when another takes over, by id",
  async () => {
    await using log = await notificationLog();
    const told: (number | undefined)[] = [];
    let last: string | undefined;
    for (let life = 0; life < 3; life++) {
      const hub = new NotificationHub({ log, clock: systemClock });
      const server = startNotificationServer({ hub, clock: systemClock });
      const client = await listen(
        `${server.url}/users/${USER}/notifications?after=beginning`,
        last === undefined ? {} : { "last-event-id": last },
      );
      await tell(log, USER, range(life * 3, life * 3 + 3));
      await until(() => client.numbers().length === 3);
      told.push(...client.numbers());
      last = client.events.at(-1)?.id;
      await server.close();
      await hub.close();
      assert.equal(await client.ended, "closed");
    }
    assert.deepEqual(told, range(0, 9));
  },
);

Deno.test(
  "notification server sends a comment when there is nothing else to send",
  async () => {
    await using place = await serve({ heartbeatMs: 10 });
    const client = await listen(place.url);
    await until(() => client.events.filter(({ comment }) => comment !== undefined).length >= 2);
    await tell(place.log, USER, [0]);
    await until(() => client.numbers().length === 1);
    await client.stop();
  },
);

Deno.test(
  "notification server drops a client that takes nothing, and no other",
  async () => {
    await using place = await serve({ maxQueued: 600, clock: HASTY });
    const { port } = place.server;
    using stuck = await Deno.connect({ hostname: "127.0.0.1", port });
    await stuck.write(new TextEncoder().encode(
      `GET /users/${USER}/notifications HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    ));
    await until(() => place.hub.counters.live === 1);
    const quick = await listen(place.url);
    const socket = await connect(`${place.url}/ws`);
    await until(() => place.hub.counters.live === 3);
    let end = 0;
    // The sockets' own buffers take some megabytes before anything has to wait.
    while (place.hub.counters.tooSlow === 0 && end < 100_000) {
      await tell(place.log, USER, range(end, end + 1_000));
      end += 1_000;
      await until(() => quick.events.length > end && socket.frames.length === end, 20_000);
    }
    assert.equal(place.hub.counters.tooSlow, 1);
    await until(() => place.server.counters.connections === 2);
    assert.deepEqual(quick.numbers(), range(0, end));
    assert.deepEqual(socket.numbers(), range(0, end));
    await quick.stop();
    await socket.stop();
  },
);

Deno.test("notification server refuses wrong requests with the reason", async () => {
  await using place = await serve();
  await tell(place.log, USER, [0]);
  const { url: base } = place.server;
  const cases: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
    [`${base}/users/${"x".repeat(129)}/notifications`, {}, 400, /a user id has 1 to 128/],
    [`${base}/users/a%0Ab/notifications`, {}, 400, /a user id has/],
    [place.url, { "last-event-id": "17" }, 400, /an id is \\"partition:offset\\"/],
    [`${place.url}?after=0:99`, {}, 400, /Cannot resume the notifications of user/],
    [`${place.url}/ws`, {}, 426, /this address is for WebSockets/],
    [`${base}/users`, {}, 404, /there is \/users\/:userId\/notifications/],
    [place.url, { origin: "https://example.com" }, 403, /only pages of this machine/],
  ];
  for (const [url, headers, status, expected] of cases) {
    const response = await fetch(url, { headers });
    assert.equal(response.status, status, url);
    assert.match(await response.text(), expected);
  }
  assert.equal(place.server.counters.connections, 0);
});

Deno.test(
  "notification server refuses a host name that is not this machine's",
  async () => {
    await using place = await serve();
    const { port } = place.server;
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(
      `GET /users/${USER}/notifications HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`,
    ));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 403 /);
  },
);

Deno.test(
  "notification server refuses a WebSocket of a wrong place before the upgrade",
  async () => {
    await using place = await serve();
    await assert.rejects(connect(`${place.url}/ws?after=nonsense`));
  },
);

Deno.test("notification server ends a WebSocket that sends something", async () => {
  await using place = await serve();
  const client = await connect(`${place.url}/ws`);
  client.socket.send("hello");
  assert.equal((await client.closed).code, 1003);
  await until(() => place.server.counters.connections === 0);
});

Deno.test("notification server keeps to its limits of connections", async () => {
  await using place = await serve({ maxConnections: 3, maxConnectionsPerUser: 2 });
  const clients = [await listen(place.url), await listen(place.url)];
  const third = await fetch(place.url);
  assert.equal(third.status, 429);
  assert.match(await third.text(), /2 connections are the limit of one user/);
  clients.push(await listen(place.url.replace(`/users/${USER}/`, "/users/777/")));
  const fourth = await fetch(place.url.replace(`/users/${USER}/`, "/users/778/"));
  assert.equal(fourth.status, 503);
  assert.match(await fourth.text(), /3 connections are the limit/);
  assert.deepEqual(place.server.counters, { connections: 3, refused: 2 });
  for (const client of clients) await client.stop();
  await until(() => place.server.counters.connections === 0);
  const again = await listen(place.url);
  await again.stop();
});

Deno.test(
  "notification server closes with clients connected, and tells them",
  async () => {
    await using place = await serve();
    const client = await listen(place.url);
    const socket = await connect(`${place.url}/ws`);
    await until(() => place.hub.counters.live === 2);
    await place.server.close();
    await place.server.close();
    assert.equal(await client.ended, "closed");
    assert.equal((await socket.closed).code, 1001);
    await until(() => place.hub.counters.live === 0);
  },
);
