/**
 * TLS and SASL: connecting with them works by both clients, what is wrong is said in a sentence that
 * helps, and the password is nowhere while it fails and while it works.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { publishUntilAcknowledged } from "../../../actors/log_access/publish_until_acknowledged.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { checkCluster } from "../../../kafka/cluster/check_cluster.ts";
import {
  type ClusterLogConfig,
  KAFKA_CLIENTS,
  type KafkaClientName,
  SECRETS,
} from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { EventLogError } from "../../../kafka/event_log.ts";
import { makeCertificates } from "../../../kafka/native_broker/certificates.ts";
import type { NativeCluster, SecuredListeners } from "../../../kafka/native_broker/mod.ts";
import { freePorts } from "../../../kafka/native_broker/ports.ts";
import { newTopic, readRecords, textsOf } from "../../kafka/log_fixture.ts";
import { SHORT_BURST, startSim } from "../../sim/session/sim_process.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import { configOn, LONG_MS } from "./broken_cluster.ts";
import { everythingIn, filesHolding, formsOf } from "./secret_search.ts";

const USER = "alice";
const PASSWORD = "s3cr3t-of-alice-Zq";
const WRONG_PASSWORD = "s3cr3t-of-nobody-Xw";

type Security = Pick<ClusterLogConfig, "tls" | "sasl">;

/** Someone who is not what he is taken for. */
interface Mistake {
  readonly what: string;
  readonly broker: string;
  readonly security: Security;
  readonly password?: string | null;
  /** The whole sentence after `Cannot use the Kafka cluster: `. */
  readonly state: RegExp;
}

/** Runs `work` with these secrets in the environment. */
async function withSecrets<T>(password: string | null, work: () => Promise<T>): Promise<T> {
  const before = Object.values(SECRETS).map((name) => [name, Deno.env.get(name)] as const);
  if (password !== null) {
    Deno.env.set(SECRETS.username, USER);
    Deno.env.set(SECRETS.password, password);
  }
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

function assertNoSecret(text: string, where: string): void {
  for (const password of [PASSWORD, WRONG_PASSWORD]) {
    for (const form of formsOf(USER, password)) {
      assert.ok(!text.includes(form), `${where} has the password, as ${form}`);
    }
  }
}

async function refusalOf(config: ClusterLogConfig): Promise<EventLogError> {
  try {
    await checkCluster(config);
  } catch (error) {
    assert.ok(error instanceof EventLogError, `${error}`);
    return error;
  }
  throw new Error(`${config.brokers} was let through`);
}

function mistakes(
  cluster: NativeCluster,
  secured: SecuredListeners,
  others: { readonly closed: string; readonly web: string; readonly strangerFile: string },
): readonly Mistake[] {
  const tls = { caFile: secured.authorityFile };
  const plain = { mechanism: "plain" } as const;
  const scram = { mechanism: "scram-sha-256" } as const;
  const [ssl, saslPlaintext, saslSsl] = [
    secured.ssl[0]!,
    secured.saslPlaintext[0]!,
    secured.saslSsl[0]!,
  ];
  const [open] = cluster.brokers;
  const has = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512";
  return [
    {
      what: "a wrong port",
      broker: others.closed,
      security: {},
      state: exactly(
        `nothing listens at ${others.closed}; start a broker there, or name another address`,
      ),
    },
    {
      what: "a port of another program",
      broker: others.web,
      security: {},
      state: exactly(`what listens at ${others.web} is no Kafka; is the port right?`),
    },
    {
      what: "TLS wanted and not given",
      broker: ssl,
      security: {},
      state: exactly(`${ssl} speaks TLS; configure tls`),
    },
    {
      what: "TLS given and not wanted",
      broker: open!,
      security: { tls },
      state: exactly(`${open} speaks no TLS; configure none, or another port`),
    },
    {
      what: "a certificate of an authority that is not trusted",
      broker: ssl,
      security: { tls: { caFile: others.strangerFile } },
      state: untrusted(ssl),
    },
    {
      what: "a certificate that the machine does not trust",
      broker: saslSsl,
      security: { tls: { caFile: null }, sasl: plain },
      state: untrusted(saslSsl),
    },
    {
      what: "SASL wanted and not given",
      broker: saslPlaintext,
      security: {},
      state: exactly(
        `${saslPlaintext} wants to know who is asking; configure SASL (it has ${has})`,
      ),
    },
    {
      what: "SASL wanted and not given, over TLS",
      broker: saslSsl,
      security: { tls },
      state: exactly(`${saslSsl} wants to know who is asking; configure SASL (it has ${has})`),
    },
    {
      what: "SASL given and not wanted",
      broker: open!,
      security: { sasl: plain },
      state: exactly(`${open} asks nobody for a login; configure no SASL`),
    },
    {
      what: "a wrong password by PLAIN",
      broker: saslPlaintext,
      security: { sasl: plain },
      password: WRONG_PASSWORD,
      state: login("plain"),
    },
    {
      what: "a wrong password by SCRAM, over TLS",
      broker: saslSsl,
      security: { tls, sasl: scram },
      password: WRONG_PASSWORD,
      state: login("scram-sha-256"),
    },
    {
      what: "no password",
      broker: saslPlaintext,
      security: { sasl: plain },
      password: null,
      state: exactly(
        "SASL plain needs a username and a password, and the environment has no " +
          `${SECRETS.username} and no ${SECRETS.password}; set them`,
      ),
    },
  ];
}

function exactly(state: string): RegExp {
  return new RegExp(`^Cannot use the Kafka cluster: ${RegExp.escape(state)}$`);
}

function untrusted(broker: string): RegExp {
  return new RegExp(
    `^Cannot use the Kafka cluster: the certificate of ${RegExp.escape(broker)} is not trusted ` +
      String.raw`\(.+\); name the file of the authority that signed it, and reach the broker by ` +
      "a name that the certificate has$",
  );
}

function login(mechanism: string): RegExp {
  return exactly(
    `it does not accept the login by ${mechanism}; check ${SECRETS.username} and ` +
      SECRETS.password,
  );
}

function working(secured: SecuredListeners): readonly { broker: string; security: Security }[] {
  const tls = { caFile: secured.authorityFile };
  const by = (mechanism: NonNullable<ClusterLogConfig["sasl"]>["mechanism"]) => ({
    sasl: { mechanism },
  });
  return [
    { broker: secured.ssl[0]!, security: { tls } },
    { broker: secured.saslPlaintext[0]!, security: by("plain") },
    { broker: secured.saslPlaintext[0]!, security: by("scram-sha-512") },
    { broker: secured.saslSsl[0]!, security: { tls, ...by("plain") } },
    { broker: secured.saslSsl[0]!, security: { tls, ...by("scram-sha-256") } },
    { broker: secured.saslSsl[0]!, security: { tls, ...by("scram-sha-512") } },
  ];
}

/** What is published and read comes back. */
async function assertWorks(config: ClusterLogConfig): Promise<void> {
  await checkCluster(config);
  await using log = await openClusterLog(config);
  const topic = await newTopic(log);
  const sent = ["one", "two"].map((value) => ({ key: null, value }));
  // A broker that has just started may still be loading what gives out producer ids.
  await publishUntilAcknowledged(log, [{ topic, partition: 1, records: sent }], {
    clock: systemClock,
  });
  const records = await readRecords({ log, deadlineMs: LONG_MS }, { topic, partition: 1 }, 2);
  assert.deepEqual(textsOf(records), ["one", "two"]);
  await log.deleteTopics([topic]);
}

/** Whatever is asked of a log whose login is refused, the password is not in what it throws. */
async function assertSilentAbout(config: ClusterLogConfig): Promise<void> {
  await using log = await openClusterLog(config);
  const failures = await Promise.allSettled([
    log.publish([{ topic: "any", partition: 0, records: [{ key: null, value: "x" }] }]),
    log.describeTopics(["any"]),
    log.lag("any"),
  ]);
  for (const failure of failures) {
    assert.equal(failure.status, "rejected");
    if (failure.status === "rejected") assertNoSecret(everythingIn(failure.reason), "an error");
  }
}

Deno.test("a cluster with TLS and SASL", async (test) => {
  await using folder = await scratchFolder();
  const security = { users: [{ name: USER, password: PASSWORD }] };
  await using cluster = await startIn(folder.path, { security });
  const { secured } = cluster;
  assert.ok(secured !== null);
  await using web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("no Kafka"),
  );
  const others = {
    closed: `127.0.0.1:${freePorts(1)[0]}`,
    web: `127.0.0.1:${web.addr.port}`,
    strangerFile: await strangersAuthority(join(folder.path, "stranger")),
  };
  const configOf = (client: KafkaClientName, broker: string, security: Security) => ({
    ...configOn(cluster, client),
    brokers: [broker],
    ...security,
  });

  for (const client of KAFKA_CLIENTS) {
    for (const { broker, security } of working(secured)) {
      const name = `${security.tls ? "TLS" : "no TLS"} and ${
        security.sasl?.mechanism ?? "no SASL"
      }`;
      await test.step(`serves ${client} with ${name}`, () =>
        withSecrets(PASSWORD, () => assertWorks(configOf(client, broker, security))));
    }
    for (const mistake of mistakes(cluster, secured, others)) {
      const { what, broker, security, password = PASSWORD, state } = mistake;
      await test.step(`tells ${client} of ${what}`, () =>
        withSecrets(password, async () => {
          const error = await refusalOf(configOf(client, broker, security));
          assert.equal(error.code, "log-unavailable");
          assert.match(error.message, state);
          assertNoSecret(everythingIn(error), "the error");
        }));
    }
    await test.step(`hides a refused password in what a log by ${client} throws`, () =>
      withSecrets(WRONG_PASSWORD, () =>
        assertSilentAbout(
          configOf(client, secured.saslPlaintext[0]!, { sasl: { mechanism: "plain" } }),
        )));
  }
  await test.step("keeps the password out of what a run says and writes", () =>
    assertRunKeepsSecret(folder.path, "kafkajs", secured));
});

/** A run with the right password, and one with a wrong one, as processes of their own. */
async function assertRunKeepsSecret(
  folder: string,
  client: KafkaClientName,
  secured: SecuredListeners,
): Promise<void> {
  const runs = join(folder, `runs-${client}`);
  await Deno.mkdir(runs);
  const play = (runId: string, password: string) =>
    withSecrets(password, async () =>
      await startSim(
        ...[SHORT_BURST, "--runs", runs, "--run-id", runId, "--client", client],
        ...["--brokers", secured.saslSsl[0]!, "--tls-ca", secured.authorityFile],
        ...["--sasl", "scram-sha-512"],
      ).ended);
  const played = await play(`secret-${client}`, PASSWORD);
  assert.equal(played.code, 0, played.out + played.err);
  const refused = await play(`refused-${client}`, WRONG_PASSWORD);
  assert.notEqual(refused.code, 0);
  assert.match(refused.out + refused.err, /does not accept the login by scram-sha-512/);
  for (const { out, err } of [played, refused]) assertNoSecret(out + err, "the output");
  const forms = [PASSWORD, WRONG_PASSWORD].flatMap((password) => formsOf(USER, password));
  assert.deepEqual(await filesHolding(runs, forms), []);
  assert.ok((await Deno.stat(join(runs, `secret-${client}`, "report.json"))).isFile);
}

/** An authority that signed nothing of this cluster. */
async function strangersAuthority(directory: string): Promise<string> {
  await Deno.mkdir(directory);
  return (await makeCertificates(directory)).authorityFile;
}
