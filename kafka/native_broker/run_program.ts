/**
 * Running another program to its end.
 *
 * @module
 */

/** How a program ended and what it said. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is given. */
export interface ProgramOptions {
  readonly args: readonly string[];
  /** Its standard input; nothing by default. */
  readonly stdin?: string;
  /** Added to the environment that it inherits. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends it with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Runs a program and awaits its end. @returns null when there is no such program */
export async function runProgram(
  program: string,
  options: ProgramOptions,
): Promise<ProgramResult | null> {
  const { args, stdin, env = {}, cwd, signal } = options;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      env: { ...env },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...cwd === undefined ? {} : { cwd },
      ...signal === undefined ? {} : { signal },
    }).spawn();
  } catch (error) {
    // Permission to run a program that cannot be found is not granted, so that is said of it instead.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return null;
    }
    throw error;
  }
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    stdin === undefined ? null : feed(child.stdin, stdin),
  ]);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function feed(pipe: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = pipe.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // It ended without reading everything: its exit code tells of that.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** The last lines of a text that are not blank. */
export function lastLines(text: string, count: number): string {
  return text.split("\n").filter((line) => line.trim() !== "").slice(-count).join("\n");
}
