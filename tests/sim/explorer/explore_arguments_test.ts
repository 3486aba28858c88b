import assert from "node:assert/strict";
import { UsageError } from "../../../sim/command_line/usage_error.ts";
import { parseExploreArguments } from "../../../sim/explorer/explore_arguments.ts";

const parse = (line: string) => parseExploreArguments(line === "" ? [] : line.split(" "), 2);

Deno.test("parseExploreArguments() hunts for a minute from seed 1 on all cores when nothing is said", () => {
  assert.deepEqual(parse(""), {
    kind: "hunt",
    fromSeed: 1,
    seeds: null,
    minutes: 1,
    jobs: 2,
    keepGoing: false,
    json: false,
  });
});

Deno.test("parseExploreArguments() reads bounds, first seed and jobs", () => {
  assert.deepEqual(parse("--seeds 200 --seed 7 --jobs 3 --keep-going --json"), {
    kind: "hunt",
    fromSeed: 7,
    seeds: 200,
    minutes: null,
    jobs: 3,
    keepGoing: true,
    json: true,
  });
  const { minutes } = { minutes: null, ...parse("--minutes 0.5") };
  assert.equal(minutes, 0.5);
});

Deno.test("parseExploreArguments() plays a seed alone again, or the world in a file", () => {
  assert.deepEqual(parse("--seed 42"), { kind: "replay", seed: 42, plan: null, json: false });
  assert.deepEqual(parse("--seed 42 --plan a.json"), {
    kind: "replay",
    seed: 42,
    plan: "a.json",
    json: false,
  });
  assert.deepEqual(parse("--plan a.json"), {
    kind: "replay",
    seed: null,
    plan: "a.json",
    json: false,
  });
});

Deno.test("parseExploreArguments() refuses what makes no sense, and says all of it at once", () => {
  const refused: readonly (readonly [line: string, ...texts: readonly RegExp[]])[] = [
    ["--seeds 0", /--seeds: "0": must be a whole number from 1/],
    ["--seeds x --jobs 0", /--seeds: "x"/, /--jobs: "0"/],
    ["--minutes -1", /minutes/],
    ["--minutes 2 --seeds 3", /--minutes: does not go with --seeds/],
    ["--seed 4294967296", /from 0 to 4294967295/],
    ["--plan a.json --seeds 3", /--plan: plays one world/],
    ["--sede 3", /did you mean --seed/],
    ["burst", /burst/],
  ];
  for (const [line, ...texts] of refused) {
    assert.throws(() => parse(line), (error) => {
      assert.ok(error instanceof UsageError, line);
      for (const text of texts) assert.match(error.message, text, line);
      return true;
    });
  }
});

Deno.test("parseExploreArguments() helps", () => {
  assert.deepEqual(parse("--help"), { kind: "help" });
});
