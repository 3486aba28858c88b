/**
 * Does what the user wants done with a running floor.
 *
 * @module
 */

import { EventLogError } from "../../../kafka/event_log.ts";
import type { LiveSession } from "../../live/live_session.ts";
import { LiveError } from "../../live/protocol.ts";
import type { Notice } from "../model/stepper_model.ts";
import type { LiveEffect, LiveEvent } from "./live_model.ts";

type Tell = (event: LiveEvent) => void;

/** What this needs of a session. */
export type SteppedSession = Pick<
  LiveSession,
  "choose" | "suspend" | "step" | "resume" | "refresh"
>;

/** Things that may wait to be done; further ones are not taken. */
export const MAX_WAITING = 64;

/** Works for one screen: one thing after another, in the order in which keys were pressed. */
export class LiveEdge {
  readonly #session: SteppedSession;
  #working: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(session: SteppedSession) {
    this.#session = session;
  }

  /** Does it, and says what did not come of it. */
  perform(effect: LiveEffect, tell: Tell): void {
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    this.#working = this.#working.then(async () => {
      try {
        await this.#try(() => this.#do(effect, tell), tell);
      } finally {
        this.#waiting--;
      }
    });
  }

  /** Looks at the actors again, unless something is being done, which looks at them itself. */
  async refresh(tell: Tell): Promise<void> {
    if (this.#waiting === 0) await this.#try(() => this.#session.refresh(), tell);
  }

  /** Resolves when nothing is being done any more. */
  settled(): Promise<void> {
    return this.#working;
  }

  async #try(work: () => Promise<void>, tell: Tell): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LiveError) && !(error instanceof EventLogError)) throw error;
      tell(said(error.message, "bad"));
    }
  }

  async #do({ kind, actor }: LiveEffect, tell: Tell): Promise<void> {
    // Chosen again, since other keys may have been pressed while this one waited.
    this.#session.choose(actor);
    switch (kind) {
      case "choose":
        return;
      case "hold":
        await this.#session.suspend();
        return tell(said(`${actor} stands still: n feeds it a message, r lets it go on`, "good"));
      case "release":
        await this.#session.resume();
        return tell(said(`${actor} goes on`, "good"));
      case "feed":
        if (await this.#session.step() === null) {
          tell(said(`${actor}: there is nothing for it to do now`, "doubt"));
        }
    }
  }
}

function said(text: string, tone: Notice["tone"]): LiveEvent {
  return { kind: "said", notice: { text, tone } };
}
