/**
 * `deno task planted`: hunts every planted bug anew, keeps what was found for the tests, and writes
 * `docs/planted-bugs.md`.
 *
 * @module
 */

import { type Finding, readFindings, writeFindings } from "./findings.ts";
import { huntClean, huntPlanted } from "./hunt_planted.ts";
import { PLANTED_BUGS } from "./planted_bugs.ts";
import { PAGE, renderFindings } from "./render_findings.ts";

/** A bug that is not found in so many worlds is a gap in the explorer or the auditor. */
const MOST_SEEDS = 200;

/** The floor as it is holds in at least so many worlds. */
const LEAST_CLEAN_SEEDS = 100;

async function hunt(only: readonly string[]): Promise<number> {
  const bugs = PLANTED_BUGS.filter(({ id }) => only.length === 0 || only.includes(id));
  const findings: Finding[] = only.length === 0 ? [] : [...(await readFindings()).findings];
  for (const bug of bugs) {
    const finding = await huntPlanted(bug, { mostSeeds: MOST_SEEDS });
    const { any, byTopics } = finding;
    console.log(
      `${bug.id}: ${any === null ? "not found" : `seed ${any.seed}, ${any.invariant}`}; ` +
        `by topics ${
          byTopics === null ? "not found" : `seed ${byTopics.seed}, ${byTopics.invariant}`
        }`,
    );
    const at = findings.findIndex((one) => one.bug === bug.id);
    if (at < 0) findings.push(finding);
    else findings[at] = finding;
  }
  const seeds = findings.flatMap(({ any, byTopics }) => [any?.seed ?? 0, byTopics?.seed ?? 0]);
  const cleanSeeds = Math.max(LEAST_CLEAN_SEEDS, ...seeds);
  const broken = await huntClean(cleanSeeds);
  if (broken !== null) {
    console.error(
      `The floor as it is breaks ${broken.invariant} with seed ${broken.seed}: ${broken.text}`,
    );
    return 1;
  }
  const kept = { mostSeeds: MOST_SEEDS, cleanSeeds, findings };
  await writeFindings(kept);
  await Deno.writeTextFile(PAGE, renderFindings(kept, PLANTED_BUGS));
  return findings.every(({ any }) => any !== null) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await hunt(Deno.args));
