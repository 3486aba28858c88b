/**
 * Loads a scenario from its file.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { suggestion } from "../nearest.ts";
import { isScenario, type Scenario, ScenarioError } from "../scenario.ts";

/** A scenario and where it came from. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Absolute. */
  readonly path: string;
  /** Makes the names of files in the scenario absolute: they are read from its own folder. */
  readonly resolveFile: (file: string) => string;
}

/** A scenario that cannot be loaded. Its message says what is there and what would be right. */
export class LoadError extends Error {
  constructor(path: string, problem: string, cause?: unknown) {
    super(`Cannot load ${path}: ${problem}`, cause === undefined ? undefined : { cause });
    this.name = "LoadError";
  }
}

/**
 * Loads the scenario that a file exports as its default.
 *
 * @throws {LoadError} when there is no such file, it does not run, or it exports no scenario
 */
export async function loadScenario(path: string): Promise<LoadedScenario> {
  await requireFile(path);
  const absolute = resolve(path);
  let module: unknown;
  try {
    module = await import(pathToFileURL(absolute).href);
  } catch (error) {
    throw new LoadError(path, whyNotRun(error), error);
  }
  // An imported module is an object.
  const exported: unknown = Reflect.get(module as object, "default");
  if (exported === undefined) {
    const names = Object.keys(module as object);
    const found = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
    throw new LoadError(
      path,
      `it has no default export (${found}); end it with: export default scenario("name", { ... })`,
    );
  }
  if (!isScenario(exported)) {
    const right = `must be what scenario("name", { ... }) returns`;
    throw new LoadError(path, `its default export is ${kindOf(exported)}; it ${right}`);
  }
  const directory = dirname(absolute);
  return { scenario: exported, path: absolute, resolveFile: (file) => resolve(directory, file) };
}

async function requireFile(path: string): Promise<void> {
  const found = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new LoadError(path, (error as Error).message, error); // Deno throws errors only
  });
  if (found?.isFile === true) return;
  if (found !== null) throw new LoadError(path, "it is a folder; give a scenario's file");
  const directory = dirname(path);
  const names = await scenarioFiles(directory);
  if (names.length === 0) throw new LoadError(path, "there is no such file");
  const hint = suggestion(basename(path), names);
  throw new LoadError(path, `there is no such file${hint}\n  ${directory} has ${names.join(", ")}`);
}

/** The files of a folder that may be scenarios, by name. */
export async function scenarioFiles(directory: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      if (entry.isFile && entry.name.endsWith(".ts")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
  }
  return names.sort();
}

/** A scenario of a folder, with the first sentence of what it teaches. */
export interface ListedScenario {
  readonly path: string;
  readonly teaches: string;
}

/** The scenarios of a folder. One that does not load is listed with the reason. */
export async function listScenarios(directory: string): Promise<readonly ListedScenario[]> {
  const listed: ListedScenario[] = [];
  for (const name of await scenarioFiles(directory)) {
    const path = join(directory, name);
    try {
      const { scenario } = await loadScenario(path);
      listed.push({ path, teaches: firstSentence(scenario.definition.teaches) });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      listed.push({ path, teaches: error.message.split("\n")[0]! });
    }
  }
  return listed;
}

/** A text up to its first full stop that ends a sentence. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** Deno wraps what it cannot read or parse in a TypeError, with colours in its message. */
function whyNotRun(error: unknown): string {
  if (error instanceof ScenarioError) return error.message;
  if (!(error instanceof Error)) return `it throws ${String(error)}`;
  const message = stripVTControlCharacters(error.message);
  if (message.startsWith("SyntaxError: ")) {
    return `it is not valid TypeScript: ${message.slice("SyntaxError: ".length)}`;
  }
  if (
    error instanceof TypeError && /^(Module not found|Attempted to load|Expected a)/.test(message)
  ) {
    return `it cannot be read: ${message}`;
  }
  return `it throws ${error.name}: ${message}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a plain object" : `a ${typeof value}`;
}
