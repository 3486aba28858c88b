/**
 * `deno task kafka`: a real Apache Kafka on this machine until Ctrl-C.
 *
 * @module
 */

import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_CACHE_DIRECTORY, KAFKA_VERSION } from "./kafka_jars.ts";
import { NativeBrokerError } from "./native_broker_error.ts";
import { type NativeCluster, startNativeCluster, STEADY_JAVA_OPTIONS } from "./native_cluster.ts";
import { lastLines } from "./run_program.ts";

/** As the other commands: 0 done, 1 failed, 104 the command line is invalid and nothing was started. */
const ExitCode = { done: 0, failed: 1, invalid: 104 } as const;

/** Where Kafka's clients look by default. */
const DEFAULT_PORT = 9092;

const USAGE = `Usage: deno task kafka [--brokers 1|3] [--port N] [--directory DIR] [--fresh]

Starts Apache Kafka ${KAFKA_VERSION} on this machine, without Docker, and stops it at Ctrl-C. Its data stays
and the next start goes on with it. Needs a JDK, and Maven once, to get Kafka's jars.

  --brokers 1|3    one broker (default), or three: replication factor 3, min.insync.replicas 2
  --port N         the first port (default ${DEFAULT_PORT}); those after it are used as well, two for each broker
  --directory DIR  where data and logs are kept (default .kafka/brokers-1 or .kafka/brokers-3)
  --fresh          begins anew: removes what an earlier start left in the directory`;

/** What the command line asks for. */
export interface KafkaArguments {
  readonly brokers: 1 | 3;
  readonly port: number;
  readonly directory: string;
  readonly fresh: boolean;
  readonly help: boolean;
}

/** Reads the command line. @returns what is wrong with it, as a sentence, if anything is */
export function parseKafkaArguments(argv: readonly string[]): KafkaArguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        brokers: { type: "string", default: "1" },
        port: { type: "string", default: String(DEFAULT_PORT) },
        directory: { type: "string" },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
      strict: true,
    });
    const { fresh, help } = values;
    const brokers = Number(values.brokers);
    if (brokers !== 1 && brokers !== 3) {
      return `--brokers: ${JSON.stringify(values.brokers)}: must be 1 or 3`;
    }
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port < 1 || port + 2 * brokers > 65_536) {
      return `--port: ${JSON.stringify(values.port)}: must be a port, 1 to ${65_536 - 2 * brokers}`;
    }
    if (values.directory === "") return "--directory: must not be empty";
    const directory = values.directory ?? join(DEFAULT_CACHE_DIRECTORY, `brokers-${brokers}`);
    return { brokers, port, directory, fresh, help };
  } catch (error) {
    return (error as Error).message; // parseArgs throws TypeErrors that say what is wrong
  }
}

/** Runs the command until it is interrupted. @returns the exit code */
export async function kafkaMain(argv: readonly string[]): Promise<number> {
  const wanted = parseKafkaArguments(argv);
  if (typeof wanted === "string") {
    console.error(`${wanted}\n\n${USAGE}`);
    return ExitCode.invalid;
  }
  if (wanted.help) {
    console.log(USAGE);
    return ExitCode.done;
  }
  const interrupted = Promise.withResolvers<"interrupted">();
  const abort = new AbortController();
  const interrupt = () => {
    abort.abort();
    interrupted.resolve("interrupted");
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  try {
    return await serve(wanted, abort.signal, interrupted.promise);
  } catch (error) {
    if (abort.signal.aborted) {
      console.log("stopped before it was ready");
      return ExitCode.done;
    }
    if (!(error instanceof NativeBrokerError)) throw error;
    console.error(error.message);
    return ExitCode.failed;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
}

async function serve(
  { brokers, port, directory, fresh }: KafkaArguments,
  signal: AbortSignal,
  interrupted: Promise<"interrupted">,
): Promise<number> {
  console.log(
    `starting Apache Kafka ${KAFKA_VERSION}, ${brokers === 1 ? "one broker" : "3 brokers"}`,
  );
  await using cluster = await startNativeCluster({
    directory,
    brokers,
    ports: port,
    fresh,
    signal,
    javaOptions: STEADY_JAVA_OPTIONS,
    onLine: (line) => console.log(line),
  });
  console.log(welcome(cluster));
  const outcome = await Promise.race([interrupted, someEnd(cluster)]);
  if (outcome === "interrupted") {
    console.log("stopping; the data stays");
    await cluster.stop();
    console.log("stopped");
    return ExitCode.done;
  }
  console.error(outcome);
  return ExitCode.failed;
}

function welcome(cluster: NativeCluster): string {
  const directory = relative(Deno.cwd(), cluster.directory) || ".";
  return `Kafka is ready at ${cluster.brokers.join(",")}
data and logs in ${directory}; Ctrl-C stops it
next, in another terminal:

    deno task sim scenarios/burst.ts --brokers ${cluster.brokers.join(",")}
`;
}

/** Resolves once a broker ends that nobody stopped. */
async function someEnd({ nodes }: NativeCluster): Promise<string> {
  const [node, code] = await Promise.race(
    nodes.map(async (node) => [node, await node.ended] as const),
  );
  const log = lastLines(await Deno.readTextFile(node.paths.log), 8);
  return `Kafka's node ${node.id} ended by itself with exit code ${code}; see ${node.paths.log}` +
    (log === "" ? "" : `, which ends with:\n${log}`);
}

if (import.meta.main) Deno.exitCode = await kafkaMain(Deno.args);
