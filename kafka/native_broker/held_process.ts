/**
 * A process that dies with its holder.
 *
 * Between the holder and the program stands a shell that reads a pipe: each line is a signal to pass
 * on, and the pipe's end means that the holder is gone, however it went, so the program is ended too.
 *
 * @module
 */

/** The signals that a held process is sent. */
export type HeldSignal = "TERM" | "KILL" | "STOP" | "CONT";

/** What is run, and where it leaves its traces. */
export interface HeldProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** What it says is added to this file. */
  readonly logFile: string;
  /** Its process id is written to this file. */
  readonly pidFile: string;
  /** Seconds from SIGTERM to SIGKILL once the holder is gone. */
  readonly graceSeconds: number;
}

/**
 * The program starts before the traps, for a Java machine that is born with SIGTERM ignored never
 * heeds it; Ctrl-C is not heard by what a shell starts in the background, and is the holder's affair.
 */
const HOLDER = `
log=$1 pidfile=$2 grace=$3
shift 3
exec 3<&0 </dev/null
"$@" >>"$log" 2>&1 3<&- &
held=$!
trap '' INT TERM HUP PIPE
echo "$held" >"$pidfile"
(
  while read -r signal; do
    kill -s "$signal" "$held"
    echo "$signal"
  done
  kill -s CONT "$held"
  kill -s TERM "$held"
  while [ "$grace" -gt 0 ] && kill -s 0 "$held"; do
    sleep 1
    grace=$((grace - 1))
  done
  kill -s KILL "$held"
) <&3 2>/dev/null &
watcher=$!
exec 3<&-
echo "$held"
wait "$held"
code=$?
kill -s KILL "$watcher"
rm -f "$pidfile"
exit "$code"
`;

/** A program that runs until it ends, is ended, or its holder is gone. */
export class HeldProcess {
  /** The program's process id. */
  readonly pid: number;
  /** Resolves with its exit code, 128 + the signal's number when a signal ended it. */
  readonly ended: Promise<number>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #running = true;
  #tail: Promise<void> = Promise.resolve();

  private constructor(
    child: Deno.ChildProcess,
    pipe: WritableStreamDefaultWriter<Uint8Array>,
    answers: ReadableStreamDefaultReader<string>,
    pid: number,
  ) {
    this.pid = pid;
    this.#stdin = pipe;
    this.#answers = answers;
    this.ended = this.#awaitEnd(child);
  }

  /** Starts the program. Whether it does well is for the caller to find out. */
  static async start(options: HeldProcessOptions): Promise<HeldProcess> {
    const { program, args, logFile, pidFile, graceSeconds } = options;
    const child = new Deno.Command("sh", {
      args: ["-c", HOLDER, "sh", logFile, pidFile, String(graceSeconds), program, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const answers = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream())
      .getReader();
    const { value } = await answers.read();
    return new HeldProcess(child, child.stdin.getWriter(), answers, Number(value));
  }

  /** Whether the program has not ended. */
  get running(): boolean {
    return this.#running;
  }

  /** Sends a signal; resolves when it was sent, or the program has ended. */
  signal(signal: HeldSignal): Promise<void> {
    this.#tail = this.#tail.then(() => this.#send(signal));
    return this.#tail;
  }

  async #send(signal: HeldSignal): Promise<void> {
    if (!this.#running) return;
    try {
      await this.#stdin.write(new TextEncoder().encode(`${signal}\n`));
      await this.#answers.read();
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      await this.ended;
    }
  }

  async #awaitEnd(child: Deno.ChildProcess): Promise<number> {
    const { code } = await child.status;
    this.#running = false;
    await this.#tail;
    await this.#answers.cancel();
    // The reader of the pipe is gone, so closing may fail where there is nothing left to be told.
    await this.#stdin.close().catch(() => {});
    return code;
  }
}

/** Splits text into lines. */
function lineStream(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
  });
}
