import assert from "node:assert/strict";
import { readOptions } from "../../../sim/command_line/read_options.ts";
import { UsageError } from "../../../sim/command_line/usage_error.ts";

const OPTIONS = {
  limit: { type: "string" },
  json: { type: "boolean" },
  output: { type: "string", short: "o" },
} as const;

function refused(...argv: readonly string[]): string {
  try {
    readOptions(argv, OPTIONS);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail("it was taken");
}

Deno.test("readOptions() gives values and what is no option, numbers below zero too", () => {
  const { values, positionals } = readOptions(["run", "--limit", "-5", "-o", "file"], OPTIONS);
  assert.deepEqual({ ...values }, { limit: "-5", output: "file" });
  assert.deepEqual(positionals, ["run"]);
  assert.equal(readOptions(["--limit=-1.5s"], OPTIONS).values.limit, "-1.5s");
});

Deno.test("readOptions() names the nearest option and all there are", () => {
  const known = "there are: --limit, --json, --output";
  assert.equal(refused("--limt", "5"), `--limt: no such option; did you mean --limit? ${known}`);
  assert.equal(refused("-x"), `-x: no such option; ${known}`);
  assert.match(refused("--limit"), /--limit/);
  assert.match(refused("--json=yes"), /--json/);
});
