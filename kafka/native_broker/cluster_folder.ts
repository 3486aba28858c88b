/**
 * The folder of a cluster: what it holds, whose it is, and whether it may be gone on with.
 *
 * @module
 */

import { join } from "node:path";
import { NativeBrokerError } from "./native_broker_error.ts";

/** What stands in the file that makes a folder a cluster's. */
export interface ClusterRecord {
  readonly kafkaVersion: string;
  readonly clusterId: string;
  readonly brokers: number;
}

/** The files of one node. */
export interface NodePaths {
  readonly directory: string;
  readonly properties: string;
  readonly data: string;
  readonly log: string;
  readonly pid: string;
}

const RECORD_FILE = "cluster.json";
const LOCK_FILE = "lock";

/** The paths of a node's files. */
export function nodePaths(directory: string, id: number): NodePaths {
  const own = join(directory, `node-${id}`);
  return {
    directory: own,
    properties: join(own, "server.properties"),
    data: join(own, "data"),
    log: join(own, "broker.log"),
    pid: join(own, "pid"),
  };
}

/**
 * Held while a process runs the cluster, whose process id stands in the file.
 *
 * @throws {NativeBrokerError} `folder-refused`
 */
export async function lockFolder(directory: string): Promise<Deno.FsFile> {
  await Deno.mkdir(directory, { recursive: true });
  const file = await Deno.open(join(directory, LOCK_FILE), { create: true, write: true });
  if (await file.tryLock(true)) {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return file;
  }
  file.close();
  throw refused(directory, "another process runs it", "end that one, or give another folder");
}

/**
 * The cluster in the folder; a new one where it is empty.
 *
 * @throws {NativeBrokerError} `folder-refused`
 */
export async function openClusterFolder(
  directory: string,
  wanted: { readonly kafkaVersion: string; readonly brokers: number },
): Promise<ClusterRecord> {
  const found = await readRecord(directory);
  if (found === null) {
    await refuseStrangers(directory);
    const record = { ...wanted, clusterId: newClusterId() };
    await Deno.writeTextFile(join(directory, RECORD_FILE), `${JSON.stringify(record)}\n`);
    return record;
  }
  const another = "give another folder, or remove it (deno task kafka --fresh does)";
  if (found.kafkaVersion !== wanted.kafkaVersion) {
    const state = `it is of Kafka ${found.kafkaVersion}, not ${wanted.kafkaVersion}`;
    throw refused(directory, state, another);
  }
  if (found.brokers !== wanted.brokers) {
    const state = `it has ${found.brokers} broker(s), not ${wanted.brokers}`;
    throw refused(directory, state, another);
  }
  for (let id = 1; id <= found.brokers; id++) {
    const clusterId = await formattedFor(nodePaths(directory, id));
    if (clusterId === null || clusterId === found.clusterId) continue;
    const state = `node ${id} belongs to cluster ${clusterId}, not ${found.clusterId}`;
    throw refused(directory, state, another);
  }
  return found;
}

/** Removes what a cluster left. @throws {NativeBrokerError} `folder-refused` when it is not one's */
export async function clearClusterFolder(directory: string): Promise<void> {
  if (await readRecord(directory) === null) await refuseStrangers(directory);
  for (const name of await namesIn(directory)) {
    if (name !== LOCK_FILE) await Deno.remove(join(directory, name), { recursive: true });
  }
}

/** The id of the cluster that a node's data belongs to; null before it is formatted. */
export async function formattedFor(paths: NodePaths): Promise<string | null> {
  const text = await readOrNull(join(paths.data, "meta.properties"));
  return text === null ? null : /^cluster\.id=(.*)$/m.exec(text)?.[1] ?? "unknown";
}

async function readRecord(directory: string): Promise<ClusterRecord | null> {
  const text = await readOrNull(join(directory, RECORD_FILE));
  if (text === null) return null;
  const record: unknown = parseOrNull(text);
  if (isRecord(record)) return record;
  throw refused(directory, `its ${RECORD_FILE} is damaged`, "remove the folder, or give another");
}

function isRecord(value: unknown): value is ClusterRecord {
  return typeof value === "object" && value !== null &&
    "kafkaVersion" in value && typeof value.kafkaVersion === "string" &&
    "clusterId" in value && typeof value.clusterId === "string" &&
    "brokers" in value && typeof value.brokers === "number";
}

async function refuseStrangers(directory: string): Promise<void> {
  const names = (await namesIn(directory)).filter((name) => name !== LOCK_FILE);
  if (names.length === 0) return;
  const state = `it holds ${names.length} file(s) and folders that are no cluster's, such as ` +
    JSON.stringify(names.sort()[0]);
  throw refused(directory, state, "give a folder that is empty or does not exist");
}

function refused(directory: string, state: string, remedy: string): NativeBrokerError {
  const message = `Cannot start Kafka in ${JSON.stringify(directory)}: ${state}; ${remedy}`;
  return new NativeBrokerError("folder-refused", message);
}

/** As Kafka's own: 16 random bytes, of which the text does not begin like an option. */
function newClusterId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return id.startsWith("-") ? newClusterId() : id;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
}

async function readOrNull(path: string): Promise<string | null> {
  return await Deno.readTextFile(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // What is no JSON is no record either.
  }
}
