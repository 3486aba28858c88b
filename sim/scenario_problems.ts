/**
 * What is wrong with a scenario, as a list a person can work through.
 *
 * @module
 */

import type { z } from "zod";

/** At most so many problems are listed at once. */
export const MAX_PROBLEMS = 20;

/** A scenario that cannot be played. Its message lists what is wrong and what would be right. */
export class ScenarioError extends Error {
  /** One line each: path, what was found, what would be right. */
  readonly problems: readonly string[];

  /** Of more than {@link MAX_PROBLEMS} problems the rest is counted in the message, not shown. */
  constructor(name: string, problems: readonly string[]) {
    const shown = problems.slice(0, MAX_PROBLEMS);
    if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      `Cannot read scenario ${JSON.stringify(name)}: ${count}\n` +
        shown.map((line) => `  ${line}`).join("\n"),
    );
    this.name = "ScenarioError";
    this.problems = problems;
  }
}

/** A schema's issues as lines such as `phases[1].ratePerSecond: -5: must be a positive number`. */
export function describeProblems(error: z.ZodError, input: unknown): readonly string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, [], input));
}

type Path = readonly PropertyKey[];

function describeIssue(
  issue: z.core.$ZodIssue,
  parent: Path,
  input: unknown,
): readonly string[] {
  const path = [...parent, ...issue.path];
  const deeper = issue.code === "invalid_union" ? nearestBranch(issue, path, input) : null;
  if (deeper !== null) return deeper;
  // Of a key too many, the key is what was found, and the message names it.
  if (issue.code === "unrecognized_keys") return [`${formatPath(path)}: ${issue.message}`];
  return [problemLine(path, valueAt(input, path), issue.message)];
}

/**
 * Of a union, the alternative that came furthest says most: one whose complaints lie inside the
 * value, and not that the value is of another kind altogether.
 */
function nearestBranch(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  input: unknown,
): readonly string[] | null {
  const inside = issue.errors.filter((branch) =>
    branch.length > 0 && !branch.some(isOfAnotherKind)
  );
  const [first, ...others] = inside;
  if (first === undefined || others.length > 0) return null;
  return first.flatMap((found) => describeIssue(found, path, input));
}

/** Whether a value is not even of the kind that was expected there. */
function isOfAnotherKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_type") return true;
  return issue.code === "invalid_union" &&
    issue.errors.every((branch) => branch.some(isOfAnotherKind));
}

/** One problem: where, what was found, what would be right. */
export function problemLine(path: Path, found: unknown, right: string): string {
  const where = formatPath(path);
  return found === undefined
    ? `${where}: missing: ${right}`
    : `${where}: ${short(found)}: ${right}`;
}

/** A path as one would write it in code. */
function formatPath(path: Path): string {
  if (path.length === 0) return "definition";
  return path.map((step, i) => {
    if (typeof step === "number") return `[${step}]`;
    const text = String(step);
    if (!/^[A-Za-z_$][\w$]*$/.test(text)) return `[${JSON.stringify(text)}]`;
    return i === 0 ? text : `.${text}`;
  }).join("");
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The most characters of a wrong value that are shown. */
const MAX_SHOWN = 40;

function short(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? "{}" : clip(`{ ${keys.join(", ")} }`);
  }
  return clip(typeof value === "string" ? JSON.stringify(value) : String(value));
}

function clip(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
