/**
 * Which broker is asked, and what follows when it does not answer.
 */

import assert from "node:assert/strict";
import { BrokerPool } from "../../../kafka/cluster/broker_pool.ts";
import { type Endpoint, endpointName, parseEndpoint } from "../../../kafka/cluster/endpoint.ts";
import type { BrokerNode, KafkaClientError } from "../../../kafka/cluster/kafka_client.ts";
import { failure } from "./memory_client.ts";

/** Brokers by address, and what happens there. */
class Scene {
  /** What connecting to an address fails with. */
  readonly unreachable = new Map<string, KafkaClientError>();
  /** What requests to an address fail with. */
  readonly failing = new Map<string, KafkaClientError>();
  /** Whom a metadata request names. */
  nodes: readonly BrokerNode[] = [];
  readonly connects: string[] = [];
  readonly asked: string[] = [];
  readonly open = new Set<SceneBroker>();

  pool(...bootstrap: readonly string[]) {
    return new BrokerPool<SceneBroker>({
      bootstrap: bootstrap.map(parseEndpoint),
      open: (endpoint) => new SceneBroker(this, endpoint),
      askMetadata: async (broker) => {
        await broker.ask();
        return { brokers: this.nodes, controllerId: 1, topics: [] };
      },
    });
  }
}

class SceneBroker {
  readonly name: string;
  connected = false;
  readonly #scene: Scene;

  constructor(scene: Scene, endpoint: Endpoint) {
    this.name = endpointName(endpoint);
    this.#scene = scene;
    scene.open.add(this);
  }

  async connect(): Promise<void> {
    await Promise.resolve();
    if (this.connected) return;
    this.#scene.connects.push(this.name);
    const error = this.#scene.unreachable.get(this.name);
    if (error !== undefined) throw error;
    this.connected = true;
  }

  async ask(): Promise<string> {
    await this.connect();
    this.#scene.asked.push(this.name);
    const error = this.#scene.failing.get(this.name);
    if (error !== undefined) throw error;
    return this.name;
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.connected = false;
    this.#scene.open.delete(this);
  }
}

const node = (nodeId: number, port: number): BrokerNode => ({ nodeId, host: "b", port });
const ask = (broker: SceneBroker) => broker.ask();

Deno.test("onAny() asks the first that can be reached, and keeps to whom it is connected", async () => {
  const scene = new Scene();
  scene.unreachable.set("a:1", failure("CONNECTION", true));
  const pool = scene.pool("a:1", "a:2", "a:3");
  assert.equal(await pool.onAny("ask", ask), "a:2");
  scene.unreachable.clear();
  assert.equal(await pool.onAny("ask", ask), "a:2");
  assert.deepEqual(scene.connects, ["a:1", "a:2"]);
  await pool.close();
});

Deno.test("onAny() asks once only: what was asked and lost is its caller's to repeat, elsewhere", async () => {
  const scene = new Scene();
  scene.failing.set("a:1", failure("REQUEST_TIMEOUT", true));
  const pool = scene.pool("a:1", "a:2");
  await assert.rejects(pool.onAny("ask", ask), { type: "REQUEST_TIMEOUT" });
  assert.deepEqual(scene.asked, ["a:1"]);
  assert.equal(await pool.onAny("ask", ask), "a:2");
  await pool.close();
});

Deno.test("onAny() tells of a refused login first, else of every broker that was tried", async () => {
  const scene = new Scene();
  const pool = scene.pool("a:1", "a:2");
  for (const name of ["a:1", "a:2"]) {
    scene.unreachable.set(name, failure("CONNECTION", true));
  }
  const both = await pool.onAny("ask", ask).then(() => null, (error: Error) => error);
  assert.equal(both?.message.split("; ").length, 2);
  scene.unreachable.set("a:2", failure("AUTHENTICATION", false));
  await assert.rejects(pool.onAny("ask", ask), { type: "AUTHENTICATION", retriable: false });
  await pool.close();
  const none = scene.pool();
  await assert.rejects(none.onAny("ask", ask), /names no broker/);
});

Deno.test("onNode() finds out where a broker is, and again after it was not there", async () => {
  const scene = new Scene();
  const pool = scene.pool("a:1");
  scene.nodes = [node(7, 70)];
  assert.equal(await pool.onNode(7, "ask", ask), "b:70");
  await assert.rejects(pool.onNode(8, "ask", ask), {
    type: "BROKER_NOT_AVAILABLE",
    retriable: true,
  });
  scene.nodes = [node(7, 71)];
  scene.failing.set("b:70", failure("CONNECTION", true));
  await assert.rejects(pool.onNode(7, "ask", ask), { type: "CONNECTION" });
  assert.equal(await pool.onNode(7, "ask", ask), "b:71");
  assert.deepEqual([...scene.open].map(({ name }) => name), ["a:1", "b:71"]);
  await pool.close();
});

Deno.test("close() ends every connection, and what is asked after it", async () => {
  const scene = new Scene();
  scene.nodes = [node(1, 10), node(2, 20)];
  const pool = scene.pool("a:1");
  await Promise.all([1, 2].map((id) => pool.onNode(id, "ask", ask)));
  await Promise.all([pool.close(), pool.close()]);
  assert.equal(scene.open.size, 0);
  await assert.rejects(pool.onAny("ask", ask), { type: "CLOSED" });
  await assert.rejects(pool.onNode(1, "ask", ask), { type: "CLOSED" });
  await assert.rejects(pool.metadata("all"), { type: "CLOSED" });
});

Deno.test("a request that the close ends is CLOSED, however it ends", async () => {
  const pool = new Scene().pool("a:1");
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<never>();
  const asking = pool.onAny("ask", () => {
    begun.resolve();
    return end.promise;
  });
  await begun.promise;
  const refused = assert.rejects(asking, { type: "CLOSED" });
  await pool.close();
  end.reject(failure("CONNECTION", true));
  await refused;
});

Deno.test("parseEndpoint() reads what endpointName() writes, and nothing else", () => {
  for (
    const [text, host, port] of [["a.b-c:9092", "a.b-c", 9_092], ["[::1]:1", "::1", 1]] as const
  ) {
    assert.deepEqual(parseEndpoint(text), { host, port });
    assert.equal(endpointName({ host, port }), text);
  }
  for (const text of ["", "a", ":1", "a:", "a:0", "a:65536", "a:1x", "::1:1", "[]:1", "a:999999"]) {
    assert.throws(() => parseEndpoint(text), { name: "KafkaClientError", message: /host:port/ });
  }
});
