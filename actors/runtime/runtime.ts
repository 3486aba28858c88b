/**
 * What all actors of a run share: time, chance, the event stream, dead letters, zombies, incarnations.
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Clock } from "./clock.ts";
import { type DeadLetter, DeadLetterRing } from "./dead_letter_ring.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { RuntimeEventStream } from "./event_stream.ts";
import { ZombieCounter } from "./zombies.ts";

/** Zombies alive at most, unless a run says otherwise. */
export const DEFAULT_MAX_ZOMBIES = 8;

/** The process cannot go on: it must exit, and the run can be resumed. */
export class RuntimeFatalError extends Error {
  readonly code: "too-many-zombies" | "events-lost";
  readonly retriable = true;

  constructor(code: "too-many-zombies" | "events-lost", message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RuntimeFatalError";
    this.code = code;
  }
}

/** How a runtime is made. */
export interface RuntimeOptions {
  /** Names the run; part of every actor's lock, so two runs in one process never mix. */
  readonly runId: string;
  readonly clock: Clock;
  /** Uniform in [0, 1); draws the jitter of restarts. */
  readonly random: () => number;
  readonly maxZombies?: number;
  /** The number of the first event: a resumed run counts on. Default 0. */
  readonly firstEventNumber?: number;
  /** Where warnings go. Default: LogTape, category `outcry.runtime`. */
  readonly warn?: (text: string) => void;
}

/** Who has been started and not yet been seen to end. */
export interface LivingActor {
  readonly id: string;
  readonly incarnation: number;
  readonly ended: Promise<void>;
  /** Ends it for good where it has been given up; nobody will look at it again. */
  abandon(): void;
}

/** The shared part of a run's actors. */
export class Runtime {
  readonly runId: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: RuntimeEventStream;
  readonly deadLetters: DeadLetterRing;
  readonly zombies: ZombieCounter;
  readonly #warn: (text: string) => void;
  readonly #fatal: Deferred<RuntimeFatalError> = deferred();
  readonly #incarnations = new Map<string, number>();
  readonly #living = new Set<LivingActor>();

  constructor(options: RuntimeOptions) {
    this.runId = options.runId;
    this.clock = options.clock;
    this.random = options.random;
    this.#warn = options.warn ??
      ((text) => getLogger(["outcry", "runtime"]).warn("{text}", { text }));
    this.events = new RuntimeEventStream({
      clock: options.clock,
      firstNumber: options.firstEventNumber ?? 0,
      onSinkError: (error) => this.#eventsLost(error),
    });
    this.deadLetters = new DeadLetterRing({
      clock: options.clock,
      log: (letter, suppressed) => this.#undeliverable(letter, suppressed),
    });
    this.zombies = new ZombieCounter(
      options.maxZombies ?? DEFAULT_MAX_ZOMBIES,
      (names) => this.#tooManyZombies(names),
    );
  }

  /** Resolves, with why, when the process must exit; the run can be resumed. Else never settles. */
  get fatal(): Promise<RuntimeFatalError> {
    return this.#fatal.promise;
  }

  /** Counts the incarnations of an actor or supervisor, from 1, also when it left and came back. */
  nextIncarnation(id: string): number {
    const incarnation = (this.#incarnations.get(id) ?? 0) + 1;
    this.#incarnations.set(id, incarnation);
    return incarnation;
  }

  warn(text: string): void {
    this.#warn(text);
  }

  /** Remembers an actor until its end is confirmed. */
  track(actor: LivingActor): void {
    this.#living.add(actor);
    void actor.ended.then(() => this.#living.delete(actor));
  }

  /** Incarnations started and not yet seen to end, zombies among them. */
  living(): readonly LivingActor[] {
    return [...this.#living];
  }

  /** Resolves when every incarnation started so far has been seen to end. */
  async settled(): Promise<void> {
    await Promise.all(this.living().map((actor) => actor.ended));
  }

  /** Lets go of what has been given up and lives on, when the run is over. */
  abandonZombies(): void {
    for (const actor of this.living()) actor.abandon();
  }

  #eventsLost(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#fail(
      new RuntimeFatalError("events-lost", `Cannot write down runtime events: ${why}`, cause),
    );
  }

  #tooManyZombies(names: readonly string[]): void {
    this.#fail(
      new RuntimeFatalError(
        "too-many-zombies",
        `Cannot go on in this process: ${names.length} zombies are alive (${names.join(", ")}), ` +
          `${this.zombies.maxZombies} are allowed; the process must exit, and the run can be resumed`,
      ),
    );
  }

  #fail(error: RuntimeFatalError): void {
    this.#warn(error.message);
    this.#fatal.resolve(error);
  }

  #undeliverable(letter: DeadLetter, suppressed: number): void {
    const error = `Cannot deliver "${letter.what}" to "${letter.to}": ${letter.why}`;
    this.events.append({ actor: letter.to, incarnation: letter.incarnation }, {
      kind: "undeliverable",
      error,
      suppressed,
    });
    this.#warn(suppressed === 0 ? error : `${error} (and ${suppressed} more before it)`);
  }
}
