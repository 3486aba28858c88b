/**
 * What was run, as a file: enough to play it on after its process is gone.
 *
 * @module
 */

import { z } from "zod";
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

const runManifestSchema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  runId: z.string(),
  plan: sessionPlanSchema,
  /** When a session's first intent may be meant to be sent, in milliseconds since the epoch. */
  sessionStartsAt: z.number().nonnegative().nullable(),
  /** Milliseconds of the session that had been played when it was last begun or gone on with. */
  elapsedBefore: z.number().nonnegative(),
  durability: z.enum(DURABILITIES),
  versions: z.strictObject({ outcry: z.string(), deno: z.string() }),
  started: momentSchema,
  /** Each time another process went on with the run. */
  resumed: z.array(momentSchema),
});
export type RunManifest = z.infer<typeof runManifestSchema>;

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
  if (parsed.success) return parsed.data;
  const [first] = describeProblems(parsed.error, json);
  throw new Error(`its manifest.json is not one: ${first}`);
}

/** Writes a manifest; a process killed meanwhile leaves the one of before. */
export async function writeManifest(path: string, manifest: RunManifest): Promise<void> {
  await writeFileWhole(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
