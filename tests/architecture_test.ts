/**
 * The import rules of the folders, held.
 */

import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url);

/** What each folder may import of ours. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "kafka": ["kafka"],
  "actors": ["actors", "kafka"],
  "sim": ["sim", "actors", "kafka"],
  "scenarios": ["mod.ts"],
  "mod.ts": ["sim", "actors", "kafka"],
};

/** Packages that one place alone may import. */
const CONFINED: readonly { readonly specifier: RegExp; readonly files: RegExp }[] = [
  { specifier: /^comlink$/, files: /^actors\/runtime\/worker_(handle|host)\.ts$/ },
  { specifier: /^node:sqlite$/, files: /^(kafka\/embedded|sim\/actor_log\/index)\// },
  { specifier: /^kafkajs(\/|$)/, files: /^kafka\/cluster\/kafkajs\// },
  { specifier: /^@platformatic\/kafka$/, files: /^kafka\/cluster\/platformatic\// },
  { specifier: /^crc-32\//, files: /^kafka\/cluster\/record_batch\// },
  { specifier: /^hono(\/|$)/, files: /^actors\/notifier\// },
  { specifier: /^@opentelemetry\/api$/, files: /^actors\/telemetry\// },
  { specifier: /^prom-client$/, files: /^actors\/telemetry\// },
  { specifier: /^parse-prometheus-text-format$/, files: /^$/ },
  { specifier: /^nodejs-order-book$/, files: /^$/ },
  { specifier: /^fast-check$/, files: /^$/ },
  { specifier: /^string-width$/, files: /^sim\/stepper\/screen\// },
  { specifier: /^@lydell\/node-pty$/, files: /^$/ },
  { specifier: /^@xterm\/headless$/, files: /^$/ },
];

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** The file imported, from the root; null for a package. */
  readonly target: string | null;
}

const imports = (await Promise.all(Object.keys(MAY_IMPORT).map(importsBelow))).flat();

async function importsBelow(place: string): Promise<Import[]> {
  const found: Import[] = [];
  for await (const file of sourceFiles(place)) {
    // Examples in comments import as their readers would.
    const text = (await Deno.readTextFile(new URL(file, ROOT))).replace(/^\s*\*.*$/gm, "");
    for (const match of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g)) {
      const specifier = match[1]!;
      const target = specifier.startsWith(".")
        ? new URL(specifier, new URL(file, ROOT)).href.slice(ROOT.href.length)
        : null;
      found.push({ file, specifier, target });
    }
  }
  return found;
}

async function* sourceFiles(place: string): AsyncGenerator<string> {
  if (place.endsWith(".ts")) {
    yield place;
    return;
  }
  for await (const entry of Deno.readDir(new URL(`${place}/`, ROOT))) {
    const path = `${place}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path;
}

Deno.test("every folder imports only what it may", () => {
  assert.ok(imports.length > 100, "the imports were found");
  const broken = imports.filter(({ file, target }) =>
    target !== null && !MAY_IMPORT[folderOf(file)]?.includes(folderOf(target)) &&
    !target.endsWith(".json")
  );
  assert.deepEqual(broken, []);
});

/** Of ours, what the runtime may import besides itself: chance. */
const UNDER_THE_RUNTIME = /^actors\/(runtime\/|seeded_random\.ts$)/;

Deno.test("actors/runtime knows nothing of trading", () => {
  const broken = imports.filter(({ file, target }) =>
    file.startsWith("actors/runtime/") && target !== null && !UNDER_THE_RUNTIME.test(target)
  );
  assert.deepEqual(broken, []);
});

Deno.test("the auditor imports no actor code", () => {
  const broken = imports.filter(({ file, target }) =>
    file.startsWith("sim/auditor/") && target !== null &&
    !target.startsWith("sim/auditor/") && !target.startsWith("kafka/")
  );
  assert.deepEqual(broken, []);
});

Deno.test("confined packages are imported in their own place only", () => {
  for (const { specifier, files } of CONFINED) {
    const broken = imports.filter((found) =>
      found.target === null && specifier.test(found.specifier) && !files.test(found.file)
    );
    assert.deepEqual(broken, []);
  }
});

Deno.test("folders do not import one another in a circle", () => {
  const edges = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    if (target === null) continue;
    const [from, to] = [folderOf(file), folderOf(target)];
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
    [...edges.get(from) ?? []].some((next) =>
      next === wanted || (!seen.has(next) && reaches(next, wanted, seen.add(next)))
    );
  assert.deepEqual([...edges.keys()].filter((folder) => reaches(folder, folder)), []);
});
