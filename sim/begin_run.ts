/**
 * Beginning a run, and going on with one: everything that can be refused is refused before anything is
 * made.
 *
 * @module
 */

import { seededRandom } from "../actors/seeded_random.ts";
import { clusterConfigAgain, clusterConfigOf } from "./command_line/cluster_arguments.ts";
import { loadScenario } from "./command_line/load_scenario.ts";
import type { SimCommand } from "./command_line/sim_arguments.ts";
import { compileScenario } from "./compile_scenario.ts";
import { checkLogOf } from "./check_log.ts";
import { createRunFolder, newRunId, type RunFolder, RunFolderError } from "./run_folder.ts";
import { MANIFEST_VERSION, type RunManifest, writeManifest } from "./run_manifest.ts";
import { checkBegunRun, checkFaults, checkNewRun } from "./run_on_cluster.ts";
import { OUTCRY_VERSION } from "./version.ts";
import { VIRTUAL_EPOCH } from "./virtual/virtual_epoch.ts";

/**
 * Makes the folder of a new run.
 *
 * @throws {LoadError | ScenarioError} when the scenario cannot be played so
 * @throws {EventLogError} when the cluster that the log is to be on cannot be reached
 * @throws {RunFolderError} when there is such a run already, in the folder or on the cluster
 */
export async function beginRun(
  command: SimCommand & { readonly kind: "run" },
  moment: RunManifest["started"],
): Promise<RunFolder> {
  const { scenario, resolveFile } = await loadScenario(command.scenario);
  const plan = await compileScenario(scenario, { overrides: command.overrides, resolveFile });
  // Names of runs need only differ, so this is the one draw that no seed decides.
  const random = seededRandom(crypto.getRandomValues(new Uint32Array(1))[0]!, "run");
  const runId = command.runId ?? newRunId(plan.scenario, Date.now(), random);
  const cluster = clusterConfigOf(command.cluster, { runId });
  checkFaults(plan, { isVirtual: command.virtual !== null });
  if (cluster !== null) await checkNewRun(runId, cluster);
  const manifest: RunManifest = {
    version: MANIFEST_VERSION,
    runId,
    plan,
    sessionStartsAt: null,
    elapsedBefore: 0,
    durability: command.durability,
    ...(cluster === null ? {} : { log: cluster }),
    ...(command.virtual === null ? {} : { virtual: { startsAt: VIRTUAL_EPOCH } }),
    versions: { outcry: OUTCRY_VERSION, deno: Deno.version.deno },
    started: moment,
    resumed: [],
  };
  return await createRunFolder(command.runs, manifest);
}

/**
 * The folder of a run that another process goes on with.
 *
 * @throws {UsageError} when the command names a cluster in a way that does not fit the run
 * @throws {EventLogError} when the run's cluster cannot be reached
 * @throws {RunFolderError} when the run's topics are not there, or its log's file lacks records
 */
export async function goOn(
  folder: RunFolder,
  { cluster, acceptLoss }: SimCommand & { readonly kind: "resume" },
  moment: RunManifest["started"],
): Promise<RunFolder> {
  const { directory } = folder.paths;
  if (folder.manifest.virtual !== undefined) {
    throw new RunFolderError(
      `Cannot go on with ${directory}: it was played in virtual time, which ends with its process; ` +
        `play it again, it takes seconds`,
    );
  }
  const { log, ...kept } = folder.manifest;
  if (log === undefined && Object.keys(cluster).length > 0) {
    throw new RunFolderError(
      `Cannot go on with ${directory} on a cluster: its log is the file log.sqlite in its folder; ` +
        `leave out --${Object.keys(cluster).join(", --")}`,
    );
  }
  const config = log === undefined ? null : clusterConfigAgain(log, cluster);
  if (config !== null) await checkBegunRun(directory, config);
  else {
    const begun = kept.sessionStartsAt !== null;
    const lost = await checkLogOf(folder.paths, { acceptLoss, begun });
    if (lost !== null) console.error(lost);
  }
  const manifest: RunManifest = {
    ...kept,
    ...(config === null ? {} : { log: config }),
    resumed: [...kept.resumed, moment],
  };
  writeManifest(folder.paths.manifest, manifest);
  return { ...folder, manifest, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}
