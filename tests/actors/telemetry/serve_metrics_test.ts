import assert from "node:assert/strict";
import type { Floor } from "../../../actors/floor/floor.ts";
import type { ActorView } from "../../../actors/floor/actor_view.ts";
import { startFloor } from "../../../actors/floor/start_floor.ts";
import { OrderRejectedError } from "../../../actors/order_command_producer/order_errors.ts";
import { MetricsPortError, serveMetrics } from "../../../actors/telemetry/serve_metrics.ts";
import { CONSUMER_ROLES } from "../../../actors/topology.ts";
import { Scraped } from "./scraped.ts";

async function playedFloor(): Promise<Floor> {
  const floor = await startFloor({
    log: "memory",
    symbols: ["AAPL"],
    accounts: [
      { userId: "alice", cash: 0, holdings: { AAPL: 7 } },
      { userId: "bob", cash: 10_000 },
    ],
  });
  const order = { symbol: "AAPL", quantity: 2, price: 160 };
  await floor.orders.sendOrder({ ...order, orderId: "a1", userId: "alice", side: "sell" });
  await floor.orders.sendOrder({ ...order, orderId: "b1", userId: "bob", side: "buy" });
  await assert.rejects(
    floor.orders.sendOrder({ ...order, symbol: "NONE", orderId: "b2", userId: "bob", side: "buy" }),
    OrderRejectedError,
  );
  await floor.idle();
  return floor;
}

function actorsOf(node: ActorView): readonly ActorView[] {
  return node.kind === "actor" ? [node] : node.children.flatMap(actorsOf);
}

Deno.test("serveMetrics() serves the counts that the floor reports", async () => {
  await using floor = await playedFloor();
  await using metrics = serveMetrics(floor, { port: 0 });
  const scraped = await Scraped.from(metrics.url);
  const actors = actorsOf(await floor.actors());
  assert.ok(actors.length >= 4);
  for (const { id: actor, role, counters, restarts } of actors) {
    const labels = { actor, role };
    assert.equal(scraped.sum("outcry_actor_records_total", labels), counters["records"] ?? 0);
    assert.equal(scraped.sum("outcry_actor_outputs_total", labels), counters["outputs"] ?? 0);
    assert.equal(scraped.sum("outcry_actor_restarts_total", labels), restarts);
    assert.equal(scraped.sum("outcry_actor_running", labels), 1);
  }
  assert.ok(scraped.sum("outcry_actor_records_total", { role: "order-gateway" }) > 0);
  assert.ok(scraped.sum("outcry_actor_outputs_total", { role: "trading-engine" }) > 0);
});

Deno.test("serveMetrics() serves lag and ends by partition as the log tells them", async () => {
  await using floor = await playedFloor();
  await using metrics = serveMetrics(floor, { port: 0 });
  const scraped = await Scraped.from(metrics.url);
  for (const group of CONSUMER_ROLES) {
    for (const { topic, partition, offset, lag } of await floor.log.lag(group)) {
      const labels = { group, topic, partition: String(partition) };
      assert.equal(scraped.sum("outcry_consumer_lag_records", labels), lag);
      assert.equal(scraped.sum("outcry_consumer_committed_offset", labels), offset);
    }
  }
  for (const { name: topic, offsets } of await floor.log.describeTopics()) {
    const end = offsets.reduce((sum, range) => sum + range.end, 0);
    assert.equal(scraped.sum("outcry_log_end_offset", { topic }), end);
  }
  assert.ok(scraped.sum("outcry_log_end_offset", { topic: "orders" }) > 0);
  assert.equal(scraped.sum("outcry_log_up"), 1);
});

Deno.test("serveMetrics() counts the restart of an actor", async () => {
  await using floor = await playedFloor();
  await using metrics = serveMetrics(floor, { port: 0 });
  await floor.actor("trading-engine-0").crash();
  await floor.idle();
  const scraped = await Scraped.from(metrics.url);
  const engine = { actor: "trading-engine-0" };
  assert.equal(scraped.sum("outcry_actor_restarts_total", engine), 1);
  assert.equal(scraped.sum("outcry_runtime_events_total", { kind: "restart" }), 1);
});

Deno.test("serveMetrics() says that the log is down, and serves what else it knows", async () => {
  await using floor = await playedFloor();
  const unreachable = () => Promise.reject(new Error("out of reach"));
  const without = { lag: unreachable, describeTopics: unreachable };
  const log = new Proxy(floor.log, {
    get: (of, name) => name in without ? unreachable : Reflect.get(of, name),
  });
  const observed = { log, runtime: floor.runtime, actors: () => floor.actors() };
  await using metrics = serveMetrics(observed, { port: 0 });
  const scraped = await Scraped.from(metrics.url);
  assert.equal(scraped.sum("outcry_log_up"), 0);
  assert.equal(scraped.sum("outcry_metrics_source_up", { source: "log" }), 0);
  assert.equal(scraped.sum("outcry_metrics_source_up", { source: "actors" }), 1);
  assert.deepEqual(scraped.family("outcry_consumer_lag_records").metrics, []);
  assert.ok(scraped.sum("process_resident_memory_bytes") > 1_000_000);
});

Deno.test("serveMetrics() names every metric by the conventions and labels no user or order", async () => {
  await using floor = await playedFloor();
  await using metrics = serveMetrics(floor, { port: 0 });
  const { families } = await Scraped.from(metrics.url);
  assert.ok(families.length > 15);
  for (const { name, help, type, metrics } of families) {
    assert.match(name, /^(outcry|process)_[a-z_]+$/);
    assert.match(help, /\.$/);
    assert.equal(name.endsWith("_total"), type === "COUNTER", name);
    for (const { labels = {} } of metrics) {
      for (const [label, value] of Object.entries(labels)) {
        assert.match(label, /^(role|actor|group|topic|partition|kind|source)$/);
        assert.doesNotMatch(value, /^(alice|bob|a1|b1|b2)$/);
      }
    }
  }
});

Deno.test("serveMetrics() refuses a port that is taken, other paths, methods and foreign pages", async () => {
  await using floor = await playedFloor();
  await using metrics = serveMetrics(floor, { port: 0 });
  assert.equal(new URL(metrics.url).hostname, "127.0.0.1");
  assert.throws(() => serveMetrics(floor, { port: metrics.port }), (error) => {
    return error instanceof MetricsPortError && error.message.includes(`port ${metrics.port} of`);
  });
  const statusOf = async (path: string, init?: RequestInit) => {
    const response = await fetch(new URL(path, metrics.url), init);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await statusOf("/"), 404);
  assert.equal(await statusOf("/metrics", { method: "POST" }), 405);
  assert.equal(await statusOf("/metrics", { headers: { origin: "https://example.com" } }), 403);
});

Deno.test("serveMetrics() listens no more once it is closed", async () => {
  await using floor = await playedFloor();
  const metrics = serveMetrics(floor, { port: 0 });
  await metrics.close();
  await metrics.close();
  await assert.rejects(fetch(metrics.url), TypeError);
});
