import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  firstSentence,
  listScenarios,
  LoadError,
  loadScenario,
} from "../../../sim/command_line/load_scenario.ts";

async function withFiles(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(directory, name), text);
    }
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function refusal(path: string): Promise<string> {
  const error: unknown = await loadScenario(path).then(() => null, (e) => e);
  assert.ok(error instanceof LoadError, String(error));
  return error.message;
}

const SCENARIO = pathToFileURL(resolve("sim/scenario.ts")).href;

const GOOD = `import { scenario } from ${JSON.stringify(SCENARIO)};
export default scenario("good", {
  teaches: "One thing. And another.",
  symbols: ["AAPL"],
  phases: [{ name: "a", kind: "constant", ratePerSecond: 1, duration: "1s" }],
});`;

Deno.test("loadScenario() loads a file's default export", async () => {
  await withFiles({ "good.ts": GOOD }, async (directory) => {
    const { scenario, path, resolveFile } = await loadScenario(join(directory, "good.ts"));
    assert.equal(scenario.name, "good");
    assert.equal(path, join(directory, "good.ts"));
    assert.equal(resolveFile("prices.csv"), join(directory, "prices.csv"));
  });
});

Deno.test("loadScenario() says what is there when the file is not", async () => {
  await withFiles({ "burst.ts": "", "other.ts": "" }, async (directory) => {
    const message = await refusal(join(directory, "brust.ts"));
    assert.match(message, /there is no such file; did you mean "burst\.ts"\?/);
    assert.match(message, /has burst\.ts, other\.ts$/);
    assert.match(await refusal(directory), /it is a folder; give a scenario's file$/);
    assert.match(await refusal(join(directory, "no/x.ts")), /: there is no such file$/);
  });
});

Deno.test("loadScenario() says why a file gives no scenario", async () => {
  const bad = `import { scenario } from ${JSON.stringify(SCENARIO)};
export default scenario("bad", { teaches: "x", symbols: [], phases: [] });`;
  const files = {
    "syntax.ts": "export default {",
    "throws.ts": `throw new RangeError("boom");`,
    "missing.ts": `import "./nowhere.ts";`,
    "empty.ts": "",
    "named.ts": "export const burst = 1;",
    "plain.ts": "export default {};",
    "bad.ts": bad,
  };
  await withFiles(files, async (directory) => {
    const of = (name: string) => refusal(join(directory, name));
    assert.match(await of("syntax.ts"), /it is not valid TypeScript: /);
    assert.match(await of("throws.ts"), /it throws RangeError: boom$/);
    assert.match(await of("missing.ts"), /it cannot be read: Module not found/);
    assert.match(await of("empty.ts"), /no default export \(it exports nothing\); end it with/);
    assert.match(await of("named.ts"), /no default export \(it exports burst\)/);
    assert.match(await of("plain.ts"), /its default export is a plain object; it must be what/);
    assert.match(await of("bad.ts"), /Cannot read scenario "bad": 2 problems\n {2}symbols: /);
  });
});

Deno.test("listScenarios() lists those that do not load with the reason", async () => {
  await withFiles({ "good.ts": GOOD, "plain.ts": "export default 1;" }, async (directory) => {
    const [good, plain] = await listScenarios(directory);
    assert.equal(good?.teaches, "One thing.");
    assert.match(plain!.teaches, /its default export is a number/);
    assert.deepEqual(await listScenarios(join(directory, "nowhere")), []);
  });
});

Deno.test("firstSentence() ends at a full stop, not within a number", () => {
  assert.equal(firstSentence("From 0.5 to 2. Then more."), "From 0.5 to 2.");
  assert.equal(firstSentence("No end"), "No end");
});
