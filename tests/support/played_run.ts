/**
 * Shipped scenarios, played in virtual time.
 */

import { CONSUMER_ROLES } from "../../actors/topology.ts";
import { keepLogInFile } from "../../kafka/embedded/log_copy.ts";
import { loadScenario } from "../../sim/command_line/load_scenario.ts";
import { compileScenario, type Overrides } from "../../sim/compile_scenario.ts";
import { createRunFolder, type RunFolder } from "../../sim/run_folder.ts";
import { MANIFEST_VERSION } from "../../sim/run_manifest.ts";
import { playOn } from "../../sim/session/play_session.ts";
import { preloadSources } from "../../sim/session/source_factory.ts";
import { VIRTUAL_EPOCH } from "../../sim/virtual/virtual_epoch.ts";
import { VirtualGround } from "../../sim/virtual/virtual_ground.ts";

/** Which scenario is played how, and where its run is kept. */
export interface VirtualPlay {
  /** As in `scenarios/`. */
  readonly scenario: string;
  readonly overrides: Overrides;
  readonly runs: string;
  readonly runId: string;
}

/** Plays a session, and gives what it left to `use` before that is gone. */
export async function playVirtually<T>(
  { scenario: name, overrides, runs, runId }: VirtualPlay,
  use: (ground: VirtualGround, folder: RunFolder) => Promise<T>,
): Promise<T> {
  const { scenario, resolveFile } = await loadScenario(
    new URL(`../../scenarios/${name}.ts`, import.meta.url).pathname,
  );
  const plan = await compileScenario(scenario, { resolveFile, overrides });
  await preloadSources();
  using folder = await createRunFolder(runs, {
    version: MANIFEST_VERSION,
    runId,
    plan,
    sessionStartsAt: null,
    elapsedBefore: 0,
    durability: "process",
    virtual: { startsAt: VIRTUAL_EPOCH },
    versions: { outcry: "any", deno: "any" },
    started: { at: new Date(0).toISOString(), argv: [] },
    resumed: [],
  });
  await using ground = new VirtualGround({
    seed: plan.seed,
    startsAt: Date.parse(VIRTUAL_EPOCH),
    auditFolder: folder.paths.audit,
  });
  await ground.clock.run(() =>
    playOn(ground, {
      folder,
      progress: () => {},
      say: () => {},
      interrupted: new AbortController().signal,
    })
  );
  return await use(ground, folder);
}

/** A run's folder, as `deno task sim --virtual` leaves it but for the report. */
export interface PlayedRun extends Disposable {
  /** Where runs are looked up by id. */
  readonly runs: string;
  readonly runId: string;
  readonly directory: string;
}

/**
 * Plays a shipped scenario, at its own seed unless another is given, into a folder that is removed in the
 * end.
 */
export async function playRun(
  scenario: string,
  { runId = scenario, ...overrides }: Overrides & { readonly runId?: string } = {},
): Promise<PlayedRun> {
  const runs = await Deno.makeTempDir({ prefix: "outcry-played-" });
  const directory = await playVirtually(
    { scenario, overrides, runs, runId },
    async ({ log }, { paths }) => {
      if (log === null) throw new Error("The session left no log");
      await keepLogInFile(log, paths.log, { groups: CONSUMER_ROLES });
      return paths.directory;
    },
  );
  const remove = () => Deno.removeSync(runs, { recursive: true });
  return { runs, runId, directory, [Symbol.dispose]: remove };
}
