import assert from "node:assert/strict";
import { checkCluster } from "../../../kafka/cluster/check_cluster.ts";
import { type ClusterLogConfig, SECRETS } from "../../../kafka/cluster/cluster_config.ts";
import { failsWith } from "../log_fixture.ts";

/** Listens on this machine, and treats every connection as it is told. */
function listen(
  serve: (link: Deno.TcpConn) => Promise<void>,
): AsyncDisposable & { readonly name: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const link of listener) {
      served.push(serve(link).catch(() => {}).finally(() => link.close()));
    }
  })();
  return {
    name: `127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(served);
    },
  };
}

/** Answers the first requests of a client as a broker's listener does. */
async function answerAsKafka(
  link: Deno.TcpConn,
  handshake: { readonly error: number; readonly mechanisms: readonly string[] },
): Promise<void> {
  const bytes = new Uint8Array(1_024);
  while (await link.read(bytes) !== null) {
    const asked = new DataView(bytes.buffer);
    const isHandshake = asked.getInt16(4) === 17;
    const names = handshake.mechanisms.map((name) => [0, name.length, ...encoded(name)]);
    const body = isHandshake
      ? [0, handshake.error, 0, 0, 0, names.length, ...names.flat()]
      : [0, 0, 0, 0, 0, 0];
    const answer = new Uint8Array(8 + body.length);
    const view = new DataView(answer.buffer);
    view.setInt32(0, 4 + body.length);
    view.setInt32(4, asked.getInt32(8));
    answer.set(body, 8);
    // In two pieces: an answer is not always one packet.
    await link.write(answer.subarray(0, 5));
    await link.write(answer.subarray(5));
  }
}

const encoded = (name: string) => [...new TextEncoder().encode(name)];

async function refusal(config: Partial<ClusterLogConfig>): Promise<string> {
  const error = await failsWith(
    checkCluster({ kind: "kafka", brokers: [], topicPrefix: "", ...config }),
    "log-unavailable",
  );
  assert.equal(error.retriable, false);
  return error.message;
}

/** Sets the login for as long as the test needs it. */
function withLogin(username: string | null, password: string | null): Disposable {
  const set = (name: string, value: string | null) =>
    value === null ? Deno.env.delete(name) : Deno.env.set(name, value);
  const before = Object.values(SECRETS).map((name) => [name, Deno.env.get(name) ?? null] as const);
  set(SECRETS.username, username);
  set(SECRETS.password, password);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) set(name, value);
    },
  };
}

Deno.test("checkCluster() says where nothing listens", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const name = `127.0.0.1:${free.addr.port}`;
  free.close();
  const message = await refusal({ brokers: [name, "nonsense:"] });
  assert.match(message, /"nonsense:" is no address of a broker; write host:port/);
  assert.match(
    await refusal({ brokers: [name] }),
    new RegExp(`nothing listens at ${name}; start a broker there`),
  );
});

Deno.test("checkCluster() looks where `through` says", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const name = `127.0.0.1:${free.addr.port}`;
  free.close();
  const message = await refusal({ brokers: ["kafka:9092"], through: { "kafka:9092": name } });
  assert.match(message, /nothing listens at kafka:9092/);
});

Deno.test("checkCluster() says that something else listens", async () => {
  await using web = listen(async (link) => {
    await link.read(new Uint8Array(1_024));
    await link.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  const message = await refusal({ brokers: [web.name] });
  assert.match(message, new RegExp(`what listens at ${web.name} is no Kafka; is the port right`));
  const withTls = await refusal({ brokers: [web.name], tls: { caFile: null } });
  assert.match(withTls, /is no Kafka with TLS \(.+\); is the port right/);
});

Deno.test("checkCluster() says that a listener speaks no TLS", async () => {
  await using broker = listen((link) => answerAsKafka(link, { error: 34, mechanisms: [] }));
  const message = await refusal({ brokers: [broker.name], tls: { caFile: null } });
  assert.match(message, new RegExp(`${broker.name} speaks no TLS; configure none`));
});

Deno.test("checkCluster() says what login a listener wants, and that it wants none", async () => {
  using _login = withLogin("somebody", "secret");
  const mechanisms = ["PLAIN", "SCRAM-SHA-512"];
  await using wants = listen((link) => answerAsKafka(link, { error: 0, mechanisms }));
  assert.match(
    await refusal({ brokers: [wants.name] }),
    /wants to know who is asking; configure SASL \(it has PLAIN, SCRAM-SHA-512\)/,
  );
  assert.match(
    await refusal({ brokers: [wants.name], sasl: { mechanism: "scram-sha-256" } }),
    /does not have the SASL mechanism scram-sha-256; it has PLAIN, SCRAM-SHA-512/,
  );
  await using open = listen((link) => answerAsKafka(link, { error: 34, mechanisms: [] }));
  const message = await refusal({ brokers: [open.name], sasl: { mechanism: "plain" } });
  assert.match(message, /asks nobody for a login; configure no SASL/);
  assert.doesNotMatch(message, /secret|somebody/);
});

Deno.test("checkCluster() names the variables that a login lacks", async () => {
  const sasl = { mechanism: "plain" } as const;
  {
    using _login = withLogin(null, null);
    const message = await refusal({ brokers: ["127.0.0.1:1"], sasl });
    assert.match(message, /OUTCRY_KAFKA_USERNAME and no OUTCRY_KAFKA_PASSWORD; set them/);
  }
  using _login = withLogin("somebody", "");
  const message = await refusal({ brokers: ["127.0.0.1:1"], sasl });
  assert.match(message, /the environment has no OUTCRY_KAFKA_PASSWORD; set it/);
});

Deno.test("checkCluster() says that the file of certificates cannot be read", async () => {
  const tls = { caFile: "no-such-file.pem" };
  assert.match(await refusal({ brokers: ["127.0.0.1:1"], tls }), /cannot be read .* PEM file/);
});
