/**
 * One fast look at a cluster before anything relies on it: whether it can be used, and if not, what to
 * do about it.
 *
 * @module
 */

import { EventLogError } from "../event_log.ts";
import { type ClusterLogConfig, SECRETS } from "./cluster_config.ts";
import { CHECK_DEADLINE_MS } from "./cluster_settings.ts";
import { type Endpoint, endpointName, parseEndpoint } from "./endpoint.ts";
import { type ClusterMetadata, type KafkaClient, KafkaClientError } from "./kafka_client.ts";
import {
  type Probe,
  probeAddress,
  type ProbedAddress,
  probeListener,
  type ProbeTls,
} from "./listener_probe.ts";
import { openClient } from "./open_client.ts";
import { patiently } from "./patience.ts";

const ACTION = "use the Kafka cluster";

/**
 * Asks the cluster for its brokers and tries the address of each.
 * @throws {EventLogError} `log-unavailable`, in a sentence that says what to do
 */
export async function checkCluster(config: ClusterLogConfig): Promise<ClusterMetadata> {
  checkSecrets(config);
  for (const name of config.brokers) addressOf(name, config);
  const ca = await certificates(config);
  // A library takes its time to load, which is not the cluster's.
  const client = await openClient(config);
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(unusable(`it did not answer within ${CHECK_DEADLINE_MS} ms; is it starting up?`)),
    CHECK_DEADLINE_MS,
  );
  try {
    return await Promise.race([look(config, ca, client), promise]);
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

async function look(
  config: ClusterLogConfig,
  ca: string | null,
  client: KafkaClient,
): Promise<ClusterMetadata> {
  const problems = await Promise.all(config.brokers.map((name) => problemAt(name, config, ca)));
  if (!problems.includes(null)) throw unusable(problems.join("; "));
  const metadata = await askMetadata(config, client);
  const advertised = await Promise.all(metadata.brokers.map(async ({ nodeId, host, port }) => {
    const name = endpointName({ host, port });
    const probe = await probeAddress(addressOf(name, config));
    if (probe === null) return [];
    return [
      `broker ${nodeId} wants to be reached at ${name}, but ${inWords(probe, name)}; set its ` +
      "advertised.listeners to an address that this machine reaches",
    ];
  }));
  const unreachable = advertised.flat();
  if (unreachable.length > 0) throw unusable(unreachable.join("; "));
  return metadata;
}

function checkSecrets({ sasl }: ClusterLogConfig): void {
  if (sasl === undefined) return;
  const missing = Object.values(SECRETS).filter((name) => (Deno.env.get(name) ?? "") === "");
  if (missing.length === 0) return;
  throw unusable(
    `SASL ${sasl.mechanism} needs a username and a password, and the environment has no ` +
      `${missing.join(" and no ")}; set ${missing.length === 1 ? "it" : "them"}`,
  );
}

async function certificates({ tls }: ClusterLogConfig): Promise<string | null> {
  if (tls === undefined || tls.caFile === null) return null;
  try {
    return await Deno.readTextFile(tls.caFile);
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    throw unusable(
      `the file of trusted certificates cannot be read (${reason}); name a PEM file`,
      error,
    );
  }
}

/** What is wrong at one address; null when a Kafka listens there as the config says. */
async function problemAt(
  name: string,
  config: ClusterLogConfig,
  ca: string | null,
): Promise<string | null> {
  const address = addressOf(name, config);
  const mechanism = (config.sasl?.mechanism ?? "plain").toUpperCase();
  const tls = config.tls === undefined ? null : { ca, verify: true };
  const probe = await probeListener(address, tls, mechanism);
  switch (probe.kind) {
    case "kafka":
      return loginProblem(name, config, probe.mechanisms);
    case "no-tls":
      return await tlsProblem(name, address, { ca, verify: false }, probe.reason, mechanism);
    case "no-kafka":
      return tls === null && await speaksTls(address, mechanism)
        ? `${name} speaks TLS; configure tls`
        : `what listens at ${name} is no Kafka; is the port right?`;
    default:
      return `${inWords(probe, name)}; ${remedy(probe)}`;
  }
}

async function speaksTls(address: ProbedAddress, mechanism: string): Promise<boolean> {
  const probe = await probeListener(address, { ca: null, verify: false }, mechanism);
  return probe.kind === "kafka";
}

async function tlsProblem(
  name: string,
  address: ProbedAddress,
  unverified: ProbeTls,
  reason: string,
  mechanism: string,
): Promise<string> {
  const anyway = await probeListener(address, unverified, mechanism);
  if (anyway.kind === "kafka") {
    return `the certificate of ${name} is not trusted (${reason}); name the file of the authority ` +
      "that signed it, and reach the broker by a name that the certificate has";
  }
  const plain = await probeListener(address, null, mechanism);
  if (plain.kind === "kafka") return `${name} speaks no TLS; configure none, or another port`;
  return `what listens at ${name} is no Kafka with TLS (${reason}); is the port right?`;
}

function loginProblem(
  name: string,
  { sasl }: ClusterLogConfig,
  mechanisms: readonly string[] | null,
): string | null {
  if (mechanisms === null) {
    return sasl === undefined ? null : `${name} asks nobody for a login; configure no SASL`;
  }
  const known = mechanisms.toSorted().join(", ");
  if (sasl === undefined) {
    return `${name} wants to know who is asking; configure SASL (it has ${known})`;
  }
  if (mechanisms.includes(sasl.mechanism.toUpperCase())) return null;
  return `${name} does not have the SASL mechanism ${sasl.mechanism}; it has ${known}`;
}

async function askMetadata(
  config: ClusterLogConfig,
  client: KafkaClient,
): Promise<ClusterMetadata> {
  try {
    return await patiently(() => client.metadata([]), { forMs: CHECK_DEADLINE_MS });
  } catch (error) {
    if (!(error instanceof KafkaClientError)) throw error;
    if (error.type !== "AUTHENTICATION" || config.sasl === undefined) {
      throw unusable(`it does not say what brokers it has: ${error.message}`, error);
    }
    throw unusable(
      `it does not accept the login by ${config.sasl.mechanism}; check ${SECRETS.username} and ` +
        SECRETS.password,
      error,
    );
  }
}

/** Where to connect for a `host:port`: there, or at what stands for it. */
function addressOf(name: string, { through }: ClusterLogConfig): ProbedAddress {
  const serverName = split(name, name).host;
  return { ...split(through?.[name] ?? name, name), serverName };
}

function split(address: string, name: string): Endpoint {
  try {
    return parseEndpoint(address);
  } catch (error) {
    throw unusable(`"${name}" is no address of a broker; write host:port`, error);
  }
}

function inWords(probe: Probe, name: string): string {
  switch (probe.kind) {
    case "unknown-host":
      return `there is no host ${split(name, name).host}`;
    case "refused":
      return `nothing listens at ${name}`;
    case "silent":
      return `nobody answers at ${name}`;
    case "unreachable":
      return `no connection can be made to ${name} (${probe.reason})`;
    default:
      return `what listens at ${name} is no Kafka`;
  }
}

function remedy(probe: Probe): string {
  switch (probe.kind) {
    case "unknown-host":
      return "check its spelling";
    case "silent":
      return "is the host up, and no firewall in between?";
    default:
      return "start a broker there, or name another address";
  }
}

function unusable(state: string, cause?: unknown): EventLogError {
  return new EventLogError("log-unavailable", `Cannot ${ACTION}: ${state}`, { cause });
}
