/**
 * A Kafka for a test: through testcontainers where a Docker engine answers, else native.
 *
 * @module
 */

import { join } from "node:path";
import { KAFKA_VERSION, startNativeCluster } from "../../../kafka/native_broker/mod.ts";

/**
 * The library, pinned here and not in deno.json, and locked in `packages.lock` of this folder: what stands
 * in the tree's own lock file is fetched before anything is run, and this brings a hundred and fifty
 * packages that only a test with a Docker engine needs. By a name that the
 * type checker does not follow, since the types of Node that come with it are old and would stand in
 * for Deno's own in every file that is checked beside this one.
 */
const LIBRARY = "npm:testcontainers@12.2.0";

/** What is used of a started container. */
interface StartedContainer {
  getHost(): string;
  getName(): string;
  getMappedPort(port: number): number;
  copyContentToContainer(
    files: readonly { readonly content: string; readonly target: string }[],
  ): Promise<void>;
  exec(command: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }>;
  stop(): Promise<unknown>;
}

/** What is used of a container to be started. */
interface ContainerToStart {
  withExposedPorts(port: { readonly container: number; readonly host: number }): this;
  withEnvironment(settings: Readonly<Record<string, string>>): this;
  withEntrypoint(command: readonly string[]): this;
  withCommand(command: readonly string[]): this;
  withWaitStrategy(strategy: unknown): this;
  withStartupTimeout(ms: number): this;
  start(): Promise<StartedContainer>;
}

/** What is used of the library. */
interface Testcontainers {
  readonly GenericContainer: new (image: string) => ContainerToStart;
  readonly Wait: { forLogMessage(message: string): unknown };
}

/** Forces one kind: `native` or `docker`. */
export const KIND_VARIABLE = "OUTCRY_TEST_BROKER";

/** The image that testcontainers starts. */
export const IMAGE_VARIABLE = "OUTCRY_KAFKA_IMAGE";

/** The official image, pinned. */
export const DEFAULT_IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** An engine on this machine answers within milliseconds. */
const ENGINE_DEADLINE_MS = 5_000;

/** Until the container's broker accepts clients. */
const CONTAINER_DEADLINE_MS = 120_000;

/** Inside the container: the clients' listener, the controller's and the one of its own tools. */
const CONTAINER_PORTS = { client: 9092, controller: 9093, internal: 9094 } as const;

/** Where the script is put for which the container waits. */
const START_SCRIPT = "/tmp/outcry-start.sh";

/** How a test's broker is run. */
export type TestBrokerKind = "native" | "docker";

/** Brokers of a test. */
export interface TestCluster extends AsyncDisposable {
  readonly kind: TestBrokerKind;
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  /** What ran, in words. */
  readonly description: string;
}

/** Which kind this machine offers; three brokers are always native. */
export async function chooseKind(brokers: 1 | 3): Promise<TestBrokerKind> {
  const forced = Deno.env.get(KIND_VARIABLE) ?? "";
  if (forced === "native" || (forced === "docker" && brokers === 1)) return forced;
  if (forced !== "") {
    throw new Error(
      `Cannot start ${brokers} broker(s) for a test: ${KIND_VARIABLE} is ${
        JSON.stringify(forced)
      }; ` +
        `it must be "native", or "docker" for one broker, or not set`,
    );
  }
  return brokers === 1 && await dockerAnswers() ? "docker" : "native";
}

/** Starts a broker, or three, for a test. */
export async function startTestCluster(
  options: { readonly brokers: 1 | 3; readonly signal?: AbortSignal },
): Promise<TestCluster> {
  return await chooseKind(options.brokers) === "docker"
    ? await startContainer(Deno.env.get(IMAGE_VARIABLE) || DEFAULT_IMAGE)
    : await startNative(options);
}

/** Whether a Docker engine answers to the command line's client, which knows where it is. */
async function dockerAnswers(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("docker", {
      args: ["version", "--format", "{{.Server.Version}}"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(ENGINE_DEADLINE_MS),
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function startNative(
  { brokers, signal }: { readonly brokers: 1 | 3; readonly signal?: AbortSignal },
): Promise<TestCluster> {
  const folder = await Deno.makeTempDir({ prefix: "outcry-kafka-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    const cluster = await startNativeCluster({
      directory: join(folder, "cluster"),
      brokers,
      onLine: (line) => console.log(line),
      ...signal === undefined ? {} : { signal },
    });
    return {
      kind: "native",
      brokers: cluster.brokers,
      description: `Apache Kafka ${KAFKA_VERSION}, native, ${brokers} broker(s)`,
      async [Symbol.asyncDispose]() {
        await cluster.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * The port that the host gives is known only once the container runs, and the broker must advertise
 * it: so the container first waits for a script that says it.
 */
async function startContainer(image: string): Promise<TestCluster> {
  const { GenericContainer, Wait }: Testcontainers = await import(LIBRARY);
  const container = await new GenericContainer(image)
    .withExposedPorts({ container: CONTAINER_PORTS.client, host: 0 })
    .withEnvironment(containerSettings())
    .withEntrypoint(["sh", "-c"])
    .withCommand([
      `echo waiting-for-script; while [ ! -f ${START_SCRIPT} ]; do sleep 0.1; done; . ${START_SCRIPT}`,
    ])
    .withWaitStrategy(Wait.forLogMessage("waiting-for-script"))
    .withStartupTimeout(CONTAINER_DEADLINE_MS)
    .start();
  try {
    const host = container.getHost() === "localhost" ? "127.0.0.1" : container.getHost();
    const address = `${host}:${container.getMappedPort(CONTAINER_PORTS.client)}`;
    await startInside(container, address);
    return {
      kind: "docker",
      brokers: [address],
      description: `${image} through testcontainers, one broker`,
      async [Symbol.asyncDispose]() {
        await container.stop();
      },
    };
  } catch (error) {
    await container.stop();
    throw error;
  }
}

async function startInside(container: StartedContainer, address: string): Promise<void> {
  const internal = `PLAINTEXT://localhost:${CONTAINER_PORTS.internal}`;
  // Moved into place, so that it is never read by half.
  const script = `export KAFKA_ADVERTISED_LISTENERS=${internal},HOST://${address}\n` +
    "exec /etc/kafka/docker/run\n";
  await container.copyContentToContainer([{ content: script, target: `${START_SCRIPT}.new` }]);
  const moved = await container.exec(["mv", `${START_SCRIPT}.new`, START_SCRIPT]);
  if (moved.exitCode !== 0) {
    throw new Error(`Cannot start ${container.getName()}: its start script: ${moved.output}`);
  }
  const deadline = performance.now() + CONTAINER_DEADLINE_MS;
  const probe = ["sh", "-c", `grep -q ":${hex(CONTAINER_PORTS.client)} .* 0A " /proc/net/tcp*`];
  while ((await container.exec(probe)).exitCode !== 0) {
    if (performance.now() > deadline) {
      throw new Error(
        `Cannot start ${container.getName()}: it accepts no clients after ` +
          `${CONTAINER_DEADLINE_MS / 1000} s; see docker logs`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A port as the kernel's table of sockets writes it. */
function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

/** The whole set: once one is given the image drops all of its own. */
function containerSettings(): Record<string, string> {
  const { client, controller, internal } = CONTAINER_PORTS;
  return {
    CLUSTER_ID: "b3V0Y3J5LXRlc3RjLTEtMQ",
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@localhost:${controller}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_INTER_BROKER_LISTENER_NAME: "PLAINTEXT",
    KAFKA_LISTENERS: `PLAINTEXT://:${internal},CONTROLLER://:${controller},HOST://:${client}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "4",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: "1000",
    KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: "300",
    KAFKA_BROKER_SESSION_TIMEOUT_MS: "4000",
  };
}
