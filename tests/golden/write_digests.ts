/**
 * Writes `digests.json` anew: `deno task golden`. To be
 * done when records are meant to change, and never to make a test pass that nobody can explain.
 *
 * @module
 */

import { DIGESTS, GOLDEN_SESSIONS, type GoldenDigest, playGolden } from "./golden_sessions.ts";

const digests: Record<string, GoldenDigest> = {};
for (const name of Object.keys(GOLDEN_SESSIONS)) {
  const startedAt = performance.now();
  const { digest, records, topics } = await playGolden(name);
  digests[name] = { digest, records, topics };
  console.log(
    `${digest} ${name}, ${records} records, ${Math.round(performance.now() - startedAt)} ms`,
  );
}
await Deno.writeTextFile(DIGESTS, `${JSON.stringify(digests, null, 2)}\n`);
