import assert from "node:assert/strict";
import { TcpProxy } from "../../kafka/tcp_proxy.ts";

const HOST = "127.0.0.1";

/** Sends back what it is sent, until a connection's end; answers that with its own. */
function echo() {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const connections = new Set<Deno.TcpConn>();
  let accepted = 0;
  const serving: Promise<void>[] = [];
  const serve = async (connection: Deno.TcpConn) => {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
        for (let rest = buffer.slice(0, n); rest.length > 0;) {
          rest = rest.subarray(await connection.write(rest));
        }
      }
    } catch {
      // The proxy, or the test's end, has cut it.
    }
    connections.delete(connection);
    connection.close();
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      accepted++;
      connections.add(connection);
      serving.push(serve(connection));
    }
  })();
  return {
    target: `${HOST}:${listener.addr.port}`,
    get accepted() {
      return accepted;
    },
    get open() {
      return connections.size;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

function connect(address: string): Promise<Deno.TcpConn> {
  const [hostname, port] = address.split(":");
  return Deno.connect({ hostname: hostname!, port: Number(port) });
}

const text = new TextEncoder();

/** Sends a line and reads so many bytes back. */
async function ask(connection: Deno.TcpConn, line: string): Promise<string> {
  await connection.write(text.encode(line));
  const buffer = new Uint8Array(line.length);
  for (let at = 0; at < buffer.length;) {
    const count = await connection.read(buffer.subarray(at));
    if (count === null) throw new Error("the connection has ended");
    at += count;
  }
  return new TextDecoder().decode(buffer);
}

/** Whether the other side has closed the connection. */
async function isEnded(connection: Deno.TcpConn): Promise<boolean> {
  try {
    return await connection.read(new Uint8Array(1)) === null;
  } catch {
    return true; // reset rather than ended
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, "it does not come about");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

Deno.test("TcpProxy forwards both ways, whole and in order, and passes on the end", async () => {
  await using server = echo();
  await using proxy = TcpProxy.open({ target: server.target });
  using connection = await connect(proxy.address);
  const sent = new Uint8Array(3_000_000).map((_, i) => (i * 31 + (i >> 8)) & 255);
  const writing = (async () => {
    for (let rest = sent; rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
    await connection.closeWrite();
  })();
  const received = new Uint8Array(sent.length + 1);
  let at = 0;
  for (;;) {
    const count = await connection.read(received.subarray(at));
    if (count === null) break;
    at += count;
  }
  await writing;
  assert.equal(at, sent.length);
  assert.ok(received.subarray(0, at).every((byte, i) => byte === sent[i]));
  await until(() => proxy.counters.open === 0);
  assert.deepEqual(proxy.counters, {
    accepted: 1,
    refused: 0,
    open: 0,
    cut: 0,
    bytesOut: sent.length,
    bytesIn: sent.length,
  });
});

Deno.test("TcpProxy.cut ends connections and refuses new ones until it is mended", async () => {
  await using server = echo();
  await using proxy = TcpProxy.open({ target: server.target });
  using before = await connect(proxy.address);
  assert.equal(await ask(before, "hello"), "hello");
  proxy.cut();
  assert.ok(await isEnded(before));
  await until(() => server.open === 0);
  using during = await connect(proxy.address);
  assert.ok(await isEnded(during));
  assert.equal(server.accepted, 1, "the target hears nothing of it");
  proxy.mend();
  using after = await connect(proxy.address);
  assert.equal(await ask(after, "again"), "again");
  assert.deepEqual([proxy.counters.cut, proxy.counters.refused, proxy.counters.open], [1, 1, 1]);
});

Deno.test("TcpProxy.stall accepts and forwards nothing until it is mended", async () => {
  await using server = echo();
  await using proxy = TcpProxy.open({ target: server.target });
  using old = await connect(proxy.address);
  assert.equal(await ask(old, "one"), "one");
  proxy.stall();
  const answers = [ask(old, "two")];
  using fresh = await connect(proxy.address);
  answers.push(ask(fresh, "three"));
  await until(() => proxy.counters.open === 2);
  const { bytesOut } = proxy.counters;
  assert.deepEqual([bytesOut, server.accepted], ["one".length, 1]);
  proxy.mend();
  assert.deepEqual(await Promise.all(answers), ["two", "three"]);
  assert.equal(proxy.counters.bytesOut, "onetwothree".length);
});

Deno.test("TcpProxy.delay holds bytes back for at least so long", async () => {
  await using server = echo();
  await using proxy = TcpProxy.open({ target: server.target });
  using connection = await connect(proxy.address);
  for (const delay of [40, { out: 40, in: 0 }, { out: 0, in: 40 }]) {
    proxy.delay(delay);
    const began = performance.now();
    assert.equal(await ask(connection, "slow"), "slow");
    const wanted = typeof delay === "number" ? 2 * delay : delay.out + delay.in;
    assert.ok(performance.now() - began >= wanted - 1, "not before it is due");
  }
});

Deno.test("TcpProxy refuses connections above its limit, and takes others when some have ended", async () => {
  await using server = echo();
  await using proxy = TcpProxy.open({ target: server.target, maxConnections: 2 });
  using first = await connect(proxy.address);
  using second = await connect(proxy.address);
  assert.equal(await ask(first, "1") + await ask(second, "2"), "12");
  using third = await connect(proxy.address);
  assert.ok(await isEnded(third));
  assert.equal(proxy.counters.refused, 1);
  await first.closeWrite();
  await until(() => proxy.counters.open === 1);
  using fourth = await connect(proxy.address);
  assert.equal(await ask(fourth, "4"), "4");
});

Deno.test("TcpProxy closes a connection whose target refuses it", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const target = `${HOST}:${listener.addr.port}`;
  listener.close();
  await using proxy = TcpProxy.open({ target });
  using connection = await connect(proxy.address);
  assert.ok(await isEnded(connection));
  await until(() => proxy.counters.open === 0);
  assert.deepEqual([proxy.counters.accepted, proxy.counters.refused], [0, 1]);
});

Deno.test("TcpProxy.close ends what is stalled or held back, and may be repeated", async () => {
  await using server = echo();
  const stalled = TcpProxy.open({ target: server.target });
  using waiting = await connect(stalled.address);
  stalled.stall();
  await waiting.write(text.encode("never"));
  const slow = TcpProxy.open({ target: server.target });
  slow.delay(3_600_000);
  using held = await connect(slow.address);
  await held.write(text.encode("in an hour"));
  await until(() => stalled.counters.open === 1 && slow.counters.accepted === 1);
  await stalled.close();
  await stalled.close();
  await slow.close();
  assert.ok(await isEnded(waiting) && await isEnded(held));
  assert.deepEqual([stalled.counters.open, slow.counters.open], [0, 0]);
});

Deno.test("TcpProxy.open says what is wrong with a target", () => {
  for (
    const target of ["", "localhost", "localhost:", ":9092", "localhost:0", "a:b:70000", "a:99999"]
  ) {
    assert.throws(
      () => TcpProxy.open({ target }),
      /Cannot open a proxy: its target ".*" is not HOST:PORT/,
    );
  }
});
