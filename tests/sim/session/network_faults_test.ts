import assert from "node:assert/strict";
import { NetworkFaults } from "../../../sim/session/network_faults.ts";

/** Answers every connection with one byte and ends it. */
function greeter() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.write(new Uint8Array([7])).catch(() => 0);
      connection.close();
    }
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** Whether a connection there is greeted; null while nothing comes. */
async function isGreeted(address: string, withinMs = 5_000): Promise<boolean | null> {
  const [hostname, port] = address.split(":");
  using connection = await Deno.connect({ hostname: hostname!, port: Number(port) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), withinMs));
  const read = connection.read(new Uint8Array(1)).then((count) => count === 1, () => false);
  const greeted = await Promise.race([read, late]);
  clearTimeout(timer);
  return greeted;
}

Deno.test("NetworkFaults stands before every address, once, and cuts them all until the end", async () => {
  await using one = greeter();
  await using two = greeter();
  await using faults = NetworkFaults.open([one.address, two.address, one.address]);
  const { through } = faults;
  assert.deepEqual(Object.keys(through), [one.address, two.address]);
  const proxies = Object.values(through);
  const greeted = () => Promise.all(proxies.map((address) => isGreeted(address)));
  assert.deepEqual(await greeted(), [true, true]);
  const fault = { verb: "cut" } as const;
  faults.begin(fault);
  assert.deepEqual(await greeted(), [false, false]);
  assert.equal(faults.end(fault), true);
  assert.equal(faults.end(fault), false);
  assert.deepEqual(await greeted(), [true, true]);
});

Deno.test("NetworkFaults lets the worst of several faults hold until each is over", async () => {
  await using server = greeter();
  await using faults = NetworkFaults.open([server.address]);
  const proxy = faults.through[server.address]!;
  const [cut, stall] = [{ verb: "cut" }, { verb: "stall" }] as const;
  const delay = { verb: "delay", byMs: 1 } as const;
  faults.begin(stall);
  faults.begin(cut);
  faults.begin(delay);
  assert.equal(await isGreeted(proxy), false);
  faults.end(cut);
  assert.equal(await isGreeted(proxy, 50), null);
  faults.end(stall);
  assert.equal(await isGreeted(proxy), true);
  faults.begin(cut);
  faults.endAll();
  assert.equal(await isGreeted(proxy), true);
  assert.equal(faults.end(delay), false);
});
