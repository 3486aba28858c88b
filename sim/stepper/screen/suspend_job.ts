/**
 * Ctrl-Z: stopping the job that this process belongs to, so that its shell is there again.
 *
 * @module
 */

/** A process, as `ps` tells of it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  /** The process group: a shell's job. */
  readonly group: number;
  readonly terminal: string;
}

/**
 * Whether a shell on the same terminal waits for the process's job, and would let it go on again. A job
 * that nobody waits for must not be stopped: nobody could wake it.
 */
export function isWaitedFor(processes: readonly ListedProcess[], pid: number): boolean {
  const byPid = new Map(processes.map((each) => [each.pid, each]));
  const own = byPid.get(pid);
  if (own === undefined) return false;
  const inJob = processes.filter(({ group }) => group === own.group);
  return inJob.some(({ parent }) => {
    const waiter = byPid.get(parent);
    return waiter !== undefined && waiter.group !== own.group && waiter.terminal === own.terminal;
  });
}

/** Stops the job, and resolves when it goes on. @throws {Error} when nobody would let it go on */
export async function suspendJob(): Promise<void> {
  if (!isWaitedFor(readProcesses(await outputOf("ps", PS)), Deno.pid)) {
    throw new Error("no shell waits for it");
  }
  // The whole job, for this process may have a parent in it, such as `deno task`. Not by SIGTSTP, as a
  // terminal does: `deno task` hands that on to its child and does not stop.
  await outputOf("kill", ["-STOP", "0"]);
}

const PS = ["-A", "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "tty="];

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] })
    .output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${command} failed: ${new TextDecoder().decode(stderr).trim()}`);
}

/** What `ps` printed, four columns a line. */
export function readProcesses(text: string): readonly ListedProcess[] {
  return text.split("\n").flatMap((line) => {
    const [pid, parent, group, terminal] = line.trim().split(/\s+/);
    if (pid === undefined || terminal === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), terminal }];
  });
}
