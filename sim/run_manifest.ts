/**
 * What was run, as a file: enough to play it on after its process is gone.
 *
 * @module
 */

import { z } from "zod";
import {
  type ClusterLogConfig,
  KAFKA_CLIENTS,
  SASL_MECHANISMS,
} from "../kafka/cluster/cluster_config.ts";
import { describeProblems } from "./scenario_problems.ts";
import { sessionPlanSchema } from "./session_plan.ts";
import { writeFileWhole } from "./whole_file.ts";

/** Grows when manifests of before can no longer be read. */
export const MANIFEST_VERSION = 1;

/** How much a publish survives: the end of the process, or the loss of power too. */
export const DURABILITIES = ["process", "disk"] as const;
export type Durability = typeof DURABILITIES[number];

const momentSchema = z.strictObject({
  /** ISO time in UTC. */
  at: z.string(),
  argv: z.array(z.string()),
});

/** A cluster as a manifest keeps it: without secrets, and without the proxies of one sitting. */
const clusterSchema = z.strictObject({
  kind: z.literal("kafka"),
  brokers: z.array(z.string()).min(1).readonly(),
  client: z.enum(KAFKA_CLIENTS).optional(),
  topicPrefix: z.string(),
  tls: z.strictObject({ caFile: z.string().nullable() }).optional(),
  sasl: z.strictObject({ mechanism: z.enum(SASL_MECHANISMS) }).optional(),
});

const runManifestSchema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  runId: z.string(),
  plan: sessionPlanSchema,
  /** When a session's first intent may be meant to be sent, in milliseconds since the epoch. */
  sessionStartsAt: z.number().nonnegative().nullable(),
  /** Milliseconds of the session that had been played when it was last begun or gone on with. */
  elapsedBefore: z.number().nonnegative(),
  durability: z.enum(DURABILITIES),
  /** The cluster that the log is on; left out: the log is embedded, in the run's folder. */
  log: clusterSchema.optional(),
  /** Left out: the run is played in real time. `startsAt`: ISO time in UTC at which its time begins. */
  virtual: z.strictObject({ startsAt: z.iso.datetime() }).optional(),
  versions: z.strictObject({ outcry: z.string(), deno: z.string() }),
  started: momentSchema,
  /** Each time another process went on with the run. */
  resumed: z.array(momentSchema),
});
type ReadManifest = z.infer<typeof runManifestSchema>;
export type RunManifest = Omit<ReadManifest, "log" | "virtual"> & {
  readonly log?: Omit<ClusterLogConfig, "through">;
  readonly virtual?: { readonly startsAt: string };
};

/** @throws {Error} saying what is wrong with the file */
export async function readManifest(path: string): Promise<RunManifest> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error("it has no manifest.json, so it is no run's folder", { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    // JSON.parse throws nothing else.
    throw new Error(`its manifest.json is not JSON: ${(cause as SyntaxError).message}`, { cause });
  }
  const version = json !== null && typeof json === "object" ? Reflect.get(json, "version") : null;
  if (typeof version === "number" && version !== MANIFEST_VERSION) {
    throw new Error(
      `its manifest.json has version ${version}; this Outcry reads version ${MANIFEST_VERSION}`,
    );
  }
  const parsed = runManifestSchema.safeParse(json);
  if (parsed.success) return withoutGaps(parsed.data);
  const [first] = describeProblems(parsed.error, json);
  throw new Error(`its manifest.json is not one: ${first}`);
}

/** A key that was read as undefined is a key left out. */
function withoutGaps({ log, virtual, ...rest }: ReadManifest): RunManifest {
  const manifest: RunManifest = { ...rest, ...(virtual === undefined ? {} : { virtual }) };
  if (log === undefined) return manifest;
  const { kind, brokers, topicPrefix, client, tls, sasl } = log;
  return {
    ...manifest,
    log: {
      kind,
      brokers,
      topicPrefix,
      ...(client === undefined ? {} : { client }),
      ...(tls === undefined ? {} : { tls }),
      ...(sasl === undefined ? {} : { sasl }),
    },
  };
}

/** Writes a manifest; a process killed meanwhile leaves the one of before. */
export function writeManifest(path: string, manifest: RunManifest): void {
  writeFileWhole(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
