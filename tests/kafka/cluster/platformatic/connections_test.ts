/**
 * What the client says of brokers that are not what it was told, played by servers on loopback.
 */

import assert from "node:assert/strict";
import { type ClusterLogConfig, SECRETS } from "../../../../kafka/cluster/cluster_config.ts";
import { type KafkaClient, KafkaClientError } from "../../../../kafka/cluster/kafka_client.ts";
import { openPlatformaticClient } from "../../../../kafka/cluster/platformatic/platformatic_client.ts";
import { eventually } from "../../../support/eventually.ts";

const PASSWORD = "wonder-of-the-sea";

/** A server that does the same with each connection once it has heard something. */
function startServer(answer: (connection: Deno.Conn) => Promise<void> | void) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const working = new Set<Promise<void>>();
  const serve = async (connection: Deno.Conn) => {
    const heard = await connection.read(new Uint8Array(1_024)).catch(() => null);
    if (heard !== null) await answer(connection);
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      working.add(serve(connection));
    }
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    connections: () => open.size,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) closeQuietly(connection);
      await Promise.all(working);
    },
  };
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function configOf(address: string, rest: Partial<ClusterLogConfig> = {}): ClusterLogConfig {
  return { kind: "kafka", brokers: [address], topicPrefix: "", ...rest };
}

async function failureOf(work: Promise<unknown>): Promise<KafkaClientError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof KafkaClientError, String(error));
  return error;
}

async function askOnce(config: ClusterLogConfig): Promise<KafkaClientError> {
  const client = openPlatformaticClient(config);
  try {
    return await failureOf(client.metadata("all"));
  } finally {
    await client.close();
  }
}

function withSecrets<T>(work: () => T): T {
  Deno.env.set(SECRETS.username, "alice");
  Deno.env.set(SECRETS.password, PASSWORD);
  try {
    return work();
  } finally {
    Deno.env.delete(SECRETS.username);
    Deno.env.delete(SECRETS.password);
  }
}

Deno.test("a broker that answers in TLS is AUTHENTICATION, and tls is what would be right", async () => {
  const alert = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 80);
  await using server = startServer(async (connection) => {
    await connection.write(alert);
    closeQuietly(connection);
  });
  const error = await askOnce(configOf(server.address));
  assert.equal(error.type, "AUTHENTICATION");
  assert.equal(error.retriable, false);
  assert.match(error.message, /wants TLS/);
});

for (
  const [how, rest] of [
    ["plainly", {}],
    ["with TLS", { tls: { caFile: null } }],
    ["with SASL", { sasl: { mechanism: "plain" } }],
    ["with TLS and SASL", { tls: { caFile: null }, sasl: { mechanism: "scram-sha-512" } }],
  ] as const satisfies readonly (readonly [string, Partial<ClusterLogConfig>])[]
) {
  Deno.test(`a broker that hangs up on a client that comes ${how} is CONNECTION: it may be stopping`, async () => {
    await using server = startServer(closeQuietly);
    const error = await withSecrets(() => askOnce(configOf(server.address, rest)));
    assert.equal(error.type, "CONNECTION", error.message);
    assert.equal(error.retriable, true);
    assert.doesNotMatch(textOf(error), new RegExp(PASSWORD));
  });
}

/** Everything that a log could print of it. */
function textOf(error: unknown): string {
  return Deno.inspect(error, { depth: 20, showHidden: true });
}

Deno.test("SASL without its secrets is AUTHENTICATION and names the variable", () => {
  const config = configOf("127.0.0.1:9092", { sasl: { mechanism: "plain" } });
  assert.throws(() => openPlatformaticClient(config), (error) => {
    assert.ok(error instanceof KafkaClientError);
    assert.equal(error.type, "AUTHENTICATION");
    assert.match(error.message, new RegExp(SECRETS.username));
    return true;
  });
});

Deno.test("a file of certificates that is not there is AUTHENTICATION and named", () => {
  const config = configOf("127.0.0.1:9092", { tls: { caFile: "no/such/ca.pem" } });
  assert.throws(() => openPlatformaticClient(config), {
    name: "KafkaClientError",
    message: /no\/such\/ca\.pem/,
  });
});

for (const address of ["", "localhost", ":9092", "localhost:", "localhost:0", "localhost:99999"]) {
  Deno.test(`"${address}" is no address`, () => {
    assert.throws(() => openPlatformaticClient(configOf(address)), {
      name: "KafkaClientError",
      message: /right is host:port/,
    });
  });
}

Deno.test("close() ends a request that a silent broker does not answer", async () => {
  await using server = startServer(() => {});
  const client: KafkaClient = openPlatformaticClient(configOf(server.address));
  const asked = failureOf(client.metadata("all"));
  await eventually("the client has connected", () => server.connections() > 0);
  await Promise.all([client.close(), client.close()]);
  assert.equal((await asked).type, "CLOSED");
  assert.equal((await failureOf(client.metadata("all"))).type, "CLOSED");
  assert.equal((await failureOf(client.allocateProducerId())).type, "CLOSED");
});

Deno.test("close() ends a connection that is being encrypted", async () => {
  await using server = startServer(() => {});
  const client = openPlatformaticClient(configOf(server.address, { tls: { caFile: null } }));
  const asked = failureOf(client.metadata("all"));
  await eventually("the client has connected", () => server.connections() > 0);
  await client.close();
  assert.equal((await asked).type, "CLOSED");
});

Deno.test("the second broker is asked when nobody listens at the first", async () => {
  await using first = startServer(() => {});
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const nobody = `127.0.0.1:${closed.addr.port}`;
  closed.close();
  const client = openPlatformaticClient({ ...configOf(nobody), brokers: [nobody, first.address] });
  const asked = failureOf(client.metadata("all"));
  await eventually("the second was reached", () => first.connections() > 0);
  await client.close();
  await asked;
});
