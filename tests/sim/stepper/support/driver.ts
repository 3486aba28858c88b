/**
 * A stepper without a terminal: keys in, screens as text out.
 */

import type { ActorLog, EntryFilter } from "../../../../sim/actor_log/actor_log.ts";
import { draw } from "../../../../sim/stepper/draw/draw.ts";
import {
  initialModel,
  type StepperEffect,
  type StepperEvent,
  type StepperModel,
} from "../../../../sim/stepper/model/stepper_model.ts";
import { update } from "../../../../sim/stepper/model/update.ts";
import { plainFrame, type ScreenSize } from "../../../../sim/stepper/screen/frame.ts";
import type { ScreenEffect, ScreenEvent } from "../../../../sim/stepper/screen/run_program.ts";
import { StepperEdge } from "../../../../sim/stepper/stepper_edge.ts";

/** Keys by name, as a test writes them: `n`, `escape`, or a text that is typed. */
export class StepperDriver {
  readonly #edge: StepperEdge;
  readonly wanted: ScreenEffect["kind"][] = [];
  model: StepperModel;
  #settled = Promise.withResolvers<void>();

  private constructor(log: ActorLog, filter: EntryFilter, screen: ScreenSize) {
    this.#edge = new StepperEdge(log);
    const model = initialModel({ run: log.run, length: log.index.length, filter });
    this.model = { ...model, screen };
  }

  static async open(
    log: ActorLog,
    { rank = 0, filter = {}, columns = 80, rows = 24 }: {
      readonly rank?: number;
      readonly filter?: EntryFilter;
      readonly columns?: number;
      readonly rows?: number;
    } = {},
  ): Promise<StepperDriver> {
    const driver = new StepperDriver(log, filter, { columns, rows });
    driver.#perform({ kind: "show", rank, actor: filter.actor ?? null, manner: "step" });
    await driver.idle();
    return driver;
  }

  /** Presses keys, each when what the one before began has ended. */
  async press(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.tell({ kind: "key", key: { name, text: [...name].length === 1 ? name : "" } });
      await this.idle();
    }
  }

  /** Types a text, and Enter. */
  async type(text: string): Promise<void> {
    await this.press(...text, "return");
  }

  /** What happens, without waiting for what comes of it. */
  tell(event: StepperEvent | ScreenEvent): void {
    const { model, effects } = update(this.model, event);
    this.model = model;
    for (const effect of effects) this.#perform(effect);
    if (this.model.busy === null) this.#settled.resolve();
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    while (this.model.busy !== null) {
      this.#settled = Promise.withResolvers();
      await this.#settled.promise;
    }
  }

  /** The screen, as lines without the spaces at their ends. */
  get screen(): readonly string[] {
    return plainFrame(draw(this.model));
  }

  /** The screen as one text. */
  get text(): string {
    return this.screen.join("\n");
  }

  #perform(effect: StepperEffect | ScreenEffect): void {
    if (effect.kind === "quit" || effect.kind === "suspend" || effect.kind === "redraw") {
      this.wanted.push(effect.kind);
      return;
    }
    this.#edge.perform(effect, (event) => this.tell(event));
  }
}
