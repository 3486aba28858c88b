/**
 * What the explorer found of the planted bugs, as it is kept between a hunt and the tests.
 *
 * @module
 */

/** An invariant that a world broke. */
export interface Sighting {
  /** The world's, and how many were played until then: hunts begin with 1. */
  readonly seed: number;
  /** The first that was broken. */
  readonly invariant: string;
  /** The first counterexample, as a sentence. */
  readonly text: string;
}

/** What was found of one bug; null where nothing was within the hunt's budget. */
export interface Finding {
  /** The bug's id. */
  readonly bug: string;
  /** The first broken invariant of any kind. */
  readonly any: Sighting | null;
  /** The first that the auditor finds by a finished run's topics and audit log alone. */
  readonly byTopics: Sighting | null;
}

/** The kept file. */
export interface Findings {
  /** So many seeds were played with each bug at most. */
  readonly mostSeeds: number;
  /** The floor as it is was played with seeds 1 to this, and held everything. */
  readonly cleanSeeds: number;
  readonly findings: readonly Finding[];
}

const PATH = new URL("./findings.json", import.meta.url);

/** As the last hunt left it. */
export async function readFindings(): Promise<Findings> {
  // Written by writeFindings below, and under version control.
  return JSON.parse(await Deno.readTextFile(PATH)) as Findings;
}

/** For the tests to come. */
export async function writeFindings(findings: Findings): Promise<void> {
  await Deno.writeTextFile(PATH, `${JSON.stringify(findings, null, 2)}\n`);
}
