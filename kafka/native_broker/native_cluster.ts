/**
 * A real Apache Kafka on this machine, without Docker: one broker or three, in KRaft mode.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { type BrokerUser, listenersOf, type NodePorts, scramArguments } from "./broker_settings.ts";
import { serverProperties } from "./broker_settings.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import {
  clearClusterFolder,
  type ClusterRecord,
  formattedFor,
  lockFolder,
  nodePaths,
  openClusterFolder,
} from "./cluster_folder.ts";
import { checkJava, type JarOptions, KAFKA_VERSION, resolveKafkaJars } from "./kafka_jars.ts";
import { runKafkaTool } from "./kafka_tools.ts";
import { NativeBrokerError } from "./native_broker_error.ts";
import { NativeNode } from "./native_node.ts";
import { freePorts, portsFrom } from "./ports.ts";
import { lastLines } from "./run_program.ts";

/** How often a start with free ports is tried, should another process take one in between. */
const PORT_TRIES = 3;

/** A broker of a test: starts soonest. */
export const QUICK_JAVA_OPTIONS: readonly string[] = [
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
];

/** A broker that is worked with: starts a second later and is compiled well. */
export const STEADY_JAVA_OPTIONS: readonly string[] = ["-Xmx512m", "-XX:+UseSerialGC"];

/** What a cluster is started with. */
export interface NativeClusterOptions extends JarOptions {
  /** Where its data and logs are kept. A cluster that is there is gone on with. */
  readonly directory: string;
  readonly brokers: 1 | 3;
  /**
   * The first port: clients' listeners have it and those after it, then come the controllers', then
   * SSL, SASL_PLAINTEXT and SASL_SSL of each node. By default such as are free.
   */
  readonly ports?: number | "free";
  /** Adds listeners with TLS, SASL and both to each broker. Users are known from the first start on. */
  readonly security?: { readonly users: readonly BrokerUser[] };
  /** Of the Java machine; by default {@link QUICK_JAVA_OPTIONS}. */
  readonly javaOptions?: readonly string[];
  /** Removes what an earlier cluster left in the folder. */
  readonly fresh?: boolean;
  /** Ends the start, and what was started. */
  readonly signal?: AbortSignal;
}

/** Where the listeners with security are, by broker, and whom a client must trust. */
export interface SecuredListeners {
  readonly ssl: readonly string[];
  readonly saslPlaintext: readonly string[];
  readonly saslSsl: readonly string[];
  /** PEM file of the certificate authority. */
  readonly authorityFile: string;
}

/** A cluster that runs. */
export interface NativeCluster extends AsyncDisposable {
  /** `host:port` of the clients' listeners, node 1's first. */
  readonly brokers: readonly string[];
  readonly clusterId: string;
  readonly directory: string;
  /** The folder of its jars, for Kafka's own tools. */
  readonly libs: string;
  /** Node 1 first. */
  readonly nodes: readonly NativeNode[];
  /** Null without `security`. */
  readonly secured: SecuredListeners | null;
  /** SIGKILL, in the midst of whatever it does. Resolves when it has ended. */
  kill(node: number): Promise<void>;
  /** SIGSTOP: connections stay and nothing is answered. */
  freeze(node: number): Promise<void>;
  /** SIGCONT. */
  thaw(node: number): Promise<void>;
  /** Starts a node that has ended, where it was. Resolves when it accepts clients. */
  start(node: number): Promise<void>;
  /** SIGTERM to all; SIGKILL to those that have not ended in time. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster; resolves when every broker accepts clients. The brokers die with this process,
 * however it ends.
 *
 * @throws {NativeBrokerError} saying what stands in the way and what to do
 */
export async function startNativeCluster(options: NativeClusterOptions): Promise<NativeCluster> {
  await checkJava(options.java);
  const libs = await resolveKafkaJars(options);
  options.signal?.throwIfAborted();
  const directory = resolve(options.directory);
  const lock = await lockFolder(directory);
  try {
    if (options.fresh) await clearClusterFolder(directory);
    const record = await openClusterFolder(directory, {
      kafkaVersion: KAFKA_VERSION,
      brokers: options.brokers,
    });
    return await startOnPorts(new Plan({ ...options, directory }, libs, record), lock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** What stays the same when other ports are tried. */
class Plan {
  constructor(
    readonly options: NativeClusterOptions,
    readonly libs: string,
    readonly record: ClusterRecord,
  ) {}

  /** Draws ports for every node. */
  drawPorts(): readonly NodePorts[] {
    const { brokers, ports = "free", security } = this.options;
    const count = brokers * (security === undefined ? 2 : 5);
    const drawn = ports === "free" ? freePorts(count) : portsFrom(ports, count);
    return Array.from({ length: brokers }, (_, node) => {
      const at = (listener: number) => drawn[listener * brokers + node]!;
      const plain = { client: at(0), controller: at(1) };
      if (security === undefined) return plain;
      return { ...plain, secured: { ssl: at(2), saslPlaintext: at(3), saslSsl: at(4) } };
    });
  }
}

async function startOnPorts(plan: Plan, lock: Deno.FsFile): Promise<NativeCluster> {
  const tries = plan.options.ports === undefined || plan.options.ports === "free" ? PORT_TRIES : 1;
  for (let left = tries - 1;; left--) {
    const cluster = await layOut(plan, plan.drawPorts(), lock);
    try {
      await cluster.startAll();
      return cluster;
    } catch (error) {
      const taken = error instanceof NativeBrokerError && error.code === "port-taken";
      if (!taken || left === 0) throw error;
    }
  }
}

async function layOut(
  plan: Plan,
  ports: readonly NodePorts[],
  lock: Deno.FsFile,
): Promise<RunningCluster> {
  const { options: { directory, security, signal, java, javaOptions, onLine }, libs } = plan;
  const certificates = security && await makeCertificates(join(directory, "tls"));
  const nodes = await Promise.all(ports.map(async (own, index) => {
    const paths = nodePaths(directory, index + 1);
    await Deno.mkdir(paths.data, { recursive: true });
    const text = serverProperties({
      id: index + 1,
      dataDirectory: paths.data,
      ports,
      ...security && certificates
        ? { security: { users: security.users, keyStore: certificates.keyStore } }
        : {},
    });
    await Deno.writeTextFile(paths.properties, text, { mode: 0o600 });
    await format(plan, index + 1);
    return new NativeNode(index + 1, own, paths, {
      libs,
      java: java ?? "java",
      javaOptions: javaOptions ?? QUICK_JAVA_OPTIONS,
      ...signal === undefined ? {} : { signal },
      ...onLine === undefined ? {} : { onLine },
    });
  }));
  return new RunningCluster(plan, nodes, certificates ?? null, lock);
}

async function format(plan: Plan, id: number): Promise<void> {
  const { options: { directory, security, java, signal }, libs, record } = plan;
  const paths = nodePaths(directory, id);
  if (await formattedFor(paths) !== null) return;
  const result = await runKafkaTool(
    libs,
    "kafka.tools.StorageTool",
    [
      ...["format", "--cluster-id", record.clusterId, "--config", paths.properties],
      ...scramArguments(security?.users ?? []),
    ],
    { ...java === undefined ? {} : { java }, ...signal === undefined ? {} : { signal } },
  );
  signal?.throwIfAborted();
  if (result.code === 0) return;
  throw new NativeBrokerError(
    "tool-failed",
    `Cannot format the folder of node ${id}: Kafka's StorageTool ended with exit code ` +
      `${result.code}:\n${lastLines(result.stdout + result.stderr, 6)}`,
  );
}

class RunningCluster implements NativeCluster {
  readonly nodes: readonly NativeNode[];
  readonly secured: SecuredListeners | null;
  readonly #plan: Plan;
  readonly #lock: Deno.FsFile;
  #stopped: Promise<void> | null = null;

  constructor(
    plan: Plan,
    nodes: readonly NativeNode[],
    certificates: Certificates | null,
    lock: Deno.FsFile,
  ) {
    this.#plan = plan;
    this.#lock = lock;
    this.nodes = nodes;
    const all = (name: string) => nodes.flatMap(({ ports }) => listenersOf(ports).get(name) ?? []);
    this.secured = certificates && {
      ssl: all("SSL"),
      saslPlaintext: all("SASL_PLAINTEXT"),
      saslSsl: all("SASL_SSL"),
      authorityFile: certificates.authorityFile,
    };
  }

  get brokers(): readonly string[] {
    return this.nodes.map(({ address }) => address);
  }

  get clusterId(): string {
    return this.#plan.record.clusterId;
  }

  get directory(): string {
    return this.#plan.options.directory;
  }

  get libs(): string {
    return this.#plan.libs;
  }

  kill(node: number): Promise<void> {
    return this.#node(node).kill();
  }

  freeze(node: number): Promise<void> {
    return this.#node(node).signal("STOP");
  }

  thaw(node: number): Promise<void> {
    return this.#node(node).signal("CONT");
  }

  start(node: number): Promise<void> {
    return this.#node(node).start();
  }

  /** All at once, for none gets ready before most are there. */
  async startAll(): Promise<void> {
    const starts = this.nodes.map((node) => node.start());
    try {
      await Promise.all(starts);
    } catch (error) {
      await this.halt();
      await Promise.allSettled(starts);
      throw error;
    }
  }

  /** Ends every node and keeps the folder locked. */
  async halt(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.halt().finally(() => this.#lock.close());
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #node(id: number): NativeNode {
    const node = this.nodes[id - 1];
    if (node !== undefined) return node;
    throw new RangeError(`node ${id}: there are nodes 1 to ${this.nodes.length}`);
  }
}
