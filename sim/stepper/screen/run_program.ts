/**
 * Runs a program on a screen: a pure model, told what happens, drawn after each change. What the model
 * wants done is done here, at the edge.
 *
 * @module
 */

import type { Paint } from "../../report/paint.ts";
import { type Frame, FrameWriter, type ScreenSize } from "./frame.ts";
import type { Key } from "./key.ts";
import type { Terminal } from "./terminal.ts";

/** What every program is told besides events of its own. */
export type ScreenEvent =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "resized"; readonly size: ScreenSize };

/** What every program may want besides effects of its own. */
export type ScreenEffect =
  | { readonly kind: "quit" }
  | { readonly kind: "suspend" }
  | { readonly kind: "redraw" };

/** A model after an event, and what is to be done. */
export interface Updated<Model, Effect> {
  readonly model: Model;
  readonly effects: readonly (Effect | ScreenEffect)[];
}

/** A program. */
export interface Program<Model, Event, Effect> {
  readonly initial: Model;
  /** What is to be done first. */
  readonly begin: readonly Effect[];
  /** Pure. */
  update(model: Model, event: Event | ScreenEvent): Updated<Model, Effect>;
  /** Pure. */
  draw(model: Model): Frame;
  /** Does what the model wants, and tells what came of it. Never throws. */
  perform(effect: Effect, tell: (event: Event) => void): void;
  /** What is told when the terminal could not be given back as Ctrl-Z wants it. */
  cannotSuspend(why: string): Event;
  /** Given, once, what tells the program of what happens without having been asked for. */
  started?(tell: (event: Event) => void): void;
  /** Milliseconds for which a frame may wait, so that what is over at once does not flicker. */
  patienceMs(model: Model): number;
}

/** Runs until the program quits or its terminal is gone. */
export async function runProgram<Model, Event, Effect>(
  program: Program<Model, Event, Effect>,
  { terminal, paint }: { readonly terminal: Terminal; readonly paint: Paint },
): Promise<void> {
  using screen = new ProgramScreen(program, terminal, paint);
  await screen.over;
}

/** A program that runs. */
class ProgramScreen<Model, Event, Effect> implements Disposable {
  readonly #program: Program<Model, Event, Effect>;
  readonly #terminal: Terminal;
  readonly #frames: FrameWriter;
  readonly #ended = Promise.withResolvers<void>();
  #model: Model;
  #drawLater: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;

  constructor(program: Program<Model, Event, Effect>, terminal: Terminal, paint: Paint) {
    this.#program = program;
    this.#terminal = terminal;
    this.#frames = new FrameWriter((text) => terminal.write(text), paint);
    this.#model = program.initial;
    terminal.listen((event) => {
      if (event.kind === "closed") return this.#end();
      if (event.kind === "resized") this.#frames.forget();
      this.#take(event);
    });
    this.#take({ kind: "resized", size: terminal.size() });
    program.started?.((event) => this.#take(event));
    for (const effect of program.begin) this.#perform(effect);
  }

  /** Resolves when it has quit; rejects with what broke it. */
  get over(): Promise<void> {
    return this.#ended.promise;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    if (this.#drawLater !== null) clearTimeout(this.#drawLater);
  }

  #take(event: Event | ScreenEvent): void {
    if (this.#isOver) return;
    try {
      const { model, effects } = this.#program.update(this.#model, event);
      this.#model = model;
      for (const effect of effects) this.#perform(effect);
      this.#drawSoon();
    } catch (error) {
      this.#isOver = true;
      this.#ended.reject(error);
    }
  }

  #perform(effect: Effect | ScreenEffect): void {
    if (isScreenEffect(effect)) {
      if (effect.kind === "quit") this.#end();
      else if (effect.kind === "redraw") this.#frames.forget();
      else void this.#suspend();
      return;
    }
    this.#program.perform(effect, (event) => this.#take(event));
  }

  async #suspend(): Promise<void> {
    try {
      await this.#terminal.suspend();
    } catch (error) {
      // Whoever cannot suspend throws an error that says why.
      this.#take(this.#program.cannotSuspend((error as Error).message));
    }
  }

  #drawSoon(): void {
    if (this.#isOver) return;
    const waitMs = this.#program.patienceMs(this.#model);
    if (waitMs === 0) return this.#draw();
    this.#drawLater ??= setTimeout(() => this.#draw(), waitMs);
  }

  #draw(): void {
    if (this.#drawLater !== null) clearTimeout(this.#drawLater);
    this.#drawLater = null;
    if (!this.#isOver) this.#frames.write(this.#program.draw(this.#model));
  }

  #end(): void {
    this.#isOver = true;
    this.#ended.resolve();
  }
}

function isScreenEffect<Effect>(effect: Effect | ScreenEffect): effect is ScreenEffect {
  const kind: unknown = typeof effect === "object" && effect !== null
    ? Reflect.get(effect, "kind")
    : null;
  return kind === "quit" || kind === "suspend" || kind === "redraw";
}
