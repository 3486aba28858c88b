import assert from "node:assert/strict";
import { checkCluster } from "../../../kafka/cluster/check_cluster.ts";
import { type ClusterLogConfig, KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { failsWith } from "../../kafka/log_fixture.ts";
import { testConfig } from "../support/cluster_fixture.ts";
import { testBrokers } from "../support/test_brokers.ts";

async function refusal(config: ClusterLogConfig): Promise<string> {
  return (await failsWith(checkCluster(config), "log-unavailable")).message;
}

for (const client of KAFKA_CLIENTS) {
  Deno.test(`checkCluster() by ${client} gives the brokers that the cluster advertises`, async () => {
    const { brokers } = await checkCluster(testConfig(client));
    assert.ok(brokers.length >= 1);
    assert.ok(brokers.some(({ host, port }) => testBrokers().includes(`${host}:${port}`)));
  });

  Deno.test(`checkCluster() by ${client} says that an advertised address cannot be reached`, async () => {
    const [broker] = (await checkCluster(testConfig(client))).brokers;
    const advertised = `${broker!.host}:${broker!.port}`;
    const bootstrap = `localhost:${broker!.port}`;
    const message = await refusal({
      ...testConfig(client),
      brokers: [bootstrap],
      through: { [advertised]: "127.0.0.1:1" },
    });
    assert.match(message, /wants to be reached at .+, but nothing listens .+advertised\.listeners/);
  });
}

Deno.test("checkCluster() says that a host is unknown", async () => {
  const config = { ...testConfig("kafkajs"), brokers: ["no-such-host.invalid:9092"] };
  assert.match(await refusal(config), /there is no host no-such-host\.invalid; check its spelling/);
});

/** A certificate of its own making, for 127.0.0.1, and its key. */
async function makeCertificate(
  folder: string,
): Promise<{ readonly cert: string; readonly key: string; readonly caFile: string }> {
  const [caFile, keyFile] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
      .concat(["-keyout", keyFile, "-out", caFile, "-days", "2", "-subj", "/CN=test broker"])
      .concat(["-addext", "subjectAltName=IP:127.0.0.1"])
      .concat(["-addext", "basicConstraints=critical,CA:FALSE"]),
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return {
    caFile,
    cert: await Deno.readTextFile(caFile),
    key: await Deno.readTextFile(keyFile),
  };
}

/** Speaks TLS in front of the broker. */
function listenTls(
  { cert, key }: { readonly cert: string; readonly key: string },
): AsyncDisposable & { readonly name: string } {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const [host, port] = testBrokers()[0]!.split(":");
  const served: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: host!, port: Number(port) });
      served.push(Promise.allSettled([
        near.readable.pipeTo(far.writable),
        far.readable.pipeTo(near.writable),
      ]));
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

Deno.test("checkCluster() tells TLS that is not configured, and a certificate that is not trusted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const made = await makeCertificate(folder);
    await using broker = listenTls(made);
    const config = { ...testConfig("kafkajs"), brokers: [broker.name] };
    assert.match(await refusal(config), new RegExp(`${broker.name} speaks TLS; configure tls`));
    const untrusted = await refusal({ ...config, tls: { caFile: null } });
    assert.match(untrusted, /the certificate of .+ is not trusted \(.+\); name the file/);
    const [advertised] = testBrokers();
    const through = { [advertised!]: broker.name };
    const tls = { caFile: made.caFile };
    assert.ok((await checkCluster({ ...config, tls, through })).brokers.length >= 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
