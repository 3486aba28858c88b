import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import type { ClusterLogConfig } from "../../../../kafka/cluster/cluster_config.ts";
import { KafkaClientError } from "../../../../kafka/cluster/kafka_client.ts";
import { openKafkajsClient } from "../../../../kafka/cluster/kafkajs/kafkajs_client.ts";
import { CERTIFICATE, KEY } from "./test_certificate.ts";
import { answerTo, type Script, startScriptedBroker, versionsAnswer } from "./scripted_broker.ts";

const API_VERSIONS = 18;
const SASL_HANDSHAKE = 17;
const METADATA = 3;

/** What asking a broker of this script for metadata fails with. */
async function failureOf(script: Script, config: Partial<ClusterLogConfig> = {}) {
  await using broker = startScriptedBroker(script);
  const client = openKafkajsClient({
    kind: "kafka",
    brokers: [broker.name],
    topicPrefix: "",
    ...config,
  });
  const error = await client.metadata("all").then(() => null, (error: unknown) => error);
  await client.close();
  assert.ok(error instanceof KafkaClientError, `${error}`);
  assert.match(error.message, new RegExp(broker.name));
  return error;
}

function handshakeAnswer(correlationId: number, errorCode: number): Buffer {
  const body = Buffer.alloc(6);
  body.writeInt16BE(errorCode, 0);
  return answerTo(correlationId, body);
}

Deno.test("metadata() is CONNECTION where the broker hangs up, and says what it may want", async () => {
  const error = await failureOf(() => null);
  assert.deepEqual([error.type, error.retriable], ["CONNECTION", true]);
  assert.match(error.message, /may want TLS/);
});

Deno.test("metadata() is CONNECTION where the broker says nothing", async () => {
  const error = await failureOf(() => undefined);
  assert.deepEqual([error.type, error.retriable], ["CONNECTION", true]);
  assert.match(error.message, /no answer in \d+ ms/);
});

Deno.test("metadata() is AUTHENTICATION where the broker answers with a TLS alert", async () => {
  const error = await failureOf(() => Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50));
  assert.deepEqual([error.type, error.retriable], ["AUTHENTICATION", false]);
  assert.match(error.message, /wants TLS/);
});

Deno.test("metadata() is AUTHENTICATION where a broker in plain text is asked for TLS", async () => {
  const error = await failureOf(() => Buffer.from("no TLS here"), { tls: { caFile: null } });
  assert.deepEqual([error.type, error.retriable], ["AUTHENTICATION", false]);
});

Deno.test("metadata() is CONNECTION where a broker hangs up on TLS, for whatever reason", async () => {
  const error = await failureOf(() => null, { tls: { caFile: null } });
  assert.equal(error.type, "CONNECTION");
  assert.match(error.message, /may not speak TLS|closed|reset|ended|eof/i);
});

Deno.test("metadata() is AUTHENTICATION where the broker wants a login", async () => {
  const error = await failureOf(({ apiKey, correlationId }) => {
    if (apiKey === API_VERSIONS) return versionsAnswer(correlationId);
    return apiKey === SASL_HANDSHAKE ? handshakeAnswer(correlationId, 33) : null;
  });
  assert.deepEqual([error.type, error.retriable], ["AUTHENTICATION", false]);
  assert.match(error.message, /wants a login/);
});

Deno.test("metadata() is CONNECTION where a broker without a login hangs up", async () => {
  const error = await failureOf(({ apiKey, correlationId }) => {
    if (apiKey === API_VERSIONS) return versionsAnswer(correlationId);
    return apiKey === SASL_HANDSHAKE ? handshakeAnswer(correlationId, 34) : null;
  });
  assert.deepEqual([error.type, error.retriable], ["CONNECTION", true]);
});

Deno.test("a login that the broker refuses is AUTHENTICATION, without the secret", async () => {
  const secrets = { OUTCRY_KAFKA_USERNAME: "alice-7c1", OUTCRY_KAFKA_PASSWORD: "secret-7c1" };
  for (const [name, value] of Object.entries(secrets)) Deno.env.set(name, value);
  try {
    const error = await failureOf(({ apiKey, correlationId }) => {
      if (apiKey === API_VERSIONS) return versionsAnswer(correlationId);
      return apiKey === METADATA ? null : handshakeAnswer(correlationId, 33);
    }, { sasl: { mechanism: "plain" } });
    assert.deepEqual([error.type, error.retriable], ["AUTHENTICATION", false]);
    const told = Deno.inspect(error, { depth: 10 });
    for (const value of Object.values(secrets)) assert.ok(!told.includes(value), told);
  } finally {
    for (const name of Object.keys(secrets)) Deno.env.delete(name);
  }
});

Deno.test("openKafkajsClient() says which secret or file is missing", () => {
  const config = { kind: "kafka", brokers: ["127.0.0.1:1"], topicPrefix: "" } as const;
  const missing = { type: "AUTHENTICATION", retriable: false };
  assert.throws(
    () => openKafkajsClient({ ...config, sasl: { mechanism: "plain" } }),
    { ...missing, message: /OUTCRY_KAFKA_USERNAME is not set/ },
  );
  assert.throws(
    () => openKafkajsClient({ ...config, tls: { caFile: "/no/such/ca.pem" } }),
    { ...missing, message: /\/no\/such\/ca.pem/ },
  );
});

Deno.test("a broker's certificate is checked against its advertised name, also through a relay", async () => {
  const script: Script = ({ apiKey, correlationId }) =>
    apiKey === API_VERSIONS
      ? versionsAnswer(correlationId)
      : answerTo(correlationId, Buffer.alloc(18));
  await using broker = startScriptedBroker(script, { cert: CERTIFICATE, key: KEY });
  const caFile = await Deno.makeTempFile();
  await Deno.writeTextFile(caFile, CERTIFICATE);
  const askAs = async (name: string, caPath: string | null) => {
    const client = openKafkajsClient({
      kind: "kafka",
      brokers: [name],
      topicPrefix: "",
      through: { [name]: broker.name },
      tls: { caFile: caPath },
    });
    try {
      return await client.metadata("all");
    } finally {
      await client.close();
    }
  };
  try {
    assert.deepEqual((await askAs("broker.test:9093", caFile)).topics, []);
    const refused = { name: "KafkaClientError", type: "AUTHENTICATION", retriable: false };
    await assert.rejects(() => askAs("other.test:9093", caFile), refused);
    await assert.rejects(() => askAs("broker.test:9093", null), refused);
  } finally {
    await Deno.remove(caFile);
  }
});

Deno.test("close() ends a request whose connection is still being made", async () => {
  await using broker = startScriptedBroker(() => undefined);
  const client = openKafkajsClient({
    kind: "kafka",
    brokers: [broker.name],
    topicPrefix: "",
    tls: { caFile: null },
  });
  const asked = assert.rejects(client.metadata("all"), { type: "CLOSED" });
  await client.close();
  await asked;
});

Deno.test("a request sets no timer that the runtime warns of", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  try {
    await using broker = startScriptedBroker(({ apiKey, correlationId }) =>
      apiKey === API_VERSIONS
        ? versionsAnswer(correlationId)
        : answerTo(correlationId, Buffer.alloc(18))
    );
    const client = openKafkajsClient({ kind: "kafka", brokers: [broker.name], topicPrefix: "" });
    for (let asked = 0; asked < 3; asked++) await client.metadata("all");
    await client.close();
  } finally {
    process.off("warning", note);
  }
  assert.deepEqual(warnings, []);
});
