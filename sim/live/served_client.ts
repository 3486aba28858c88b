/**
 * One client of a process that can be stepped: its requests are worked off, its events are sent, and
 * what it holds goes on when it is gone.
 *
 * @module
 */

import { RuntimeEventSubscription } from "../../actors/runtime/event_stream.ts";
import { resolvesWithin } from "../../actors/runtime/deferred.ts";
import type { HeldActors, Holder } from "./held_actors.ts";
import type { JsonLines } from "./json_lines.ts";
import { MAX_EVENTS_WAITING, MAX_REQUESTS_UNDER_WAY, WRITE_WITHIN_MS } from "./limits.ts";
import { LiveError, type LiveMessage, type LiveRequest, requestSchema } from "./protocol.ts";
import { actorsOf, type SteppedFloor } from "./stepped_floor.ts";
import { LineError } from "./text_lines.ts";

/** What a client is served from. */
export interface Served {
  readonly floor: SteppedFloor;
  readonly held: HeldActors;
}

/** A client that has shown the token. */
export class ServedClient implements Holder {
  readonly #lines: JsonLines;
  readonly #served: Served;
  readonly #underWay = new Set<Promise<void>>();
  #events: RuntimeEventSubscription | null = null;
  #pumping: Promise<void> = Promise.resolve();

  constructor(lines: JsonLines, served: Served) {
    this.#lines = lines;
    this.#served = served;
  }

  /** Serves what `values` asks for, until it ends. Never rejects for what the client does. */
  async serve(values: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const value of values) {
        const request = requestSchema.safeParse(value);
        if (!request.success) return void await this.ended("it asked for what there is not");
        while (this.#underWay.size >= MAX_REQUESTS_UNDER_WAY) await Promise.race(this.#underWay);
        const work = this.#answer(request.data).finally(() => this.#underWay.delete(work));
        this.#underWay.add(work);
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      await this.ended(error.message);
    } finally {
      this.#lines.close();
      this.#events?.close();
      await this.#served.held.leave(this);
      await Promise.all([...this.#underWay, this.#pumping]);
    }
  }

  released(actor: string, why: string): void {
    void this.#send({ released: actor, why });
  }

  /** Tells that nothing more comes. */
  async ended(why: string): Promise<void> {
    await this.#send({ ended: why });
  }

  /** Closes the connection. */
  close(): void {
    this.#lines.close();
  }

  async #answer(request: LiveRequest): Promise<void> {
    const { id } = request;
    try {
      const value = await this.#perform(request);
      await this.#send({ id, ok: true, value: value ?? null });
    } catch (error) {
      const code = error instanceof LiveError ? error.code : "failed";
      const message = error instanceof Error ? error.message : String(error);
      await this.#send({ id, ok: false, code, message });
    }
  }

  async #perform(request: LiveRequest): Promise<unknown> {
    const { floor, held } = this.#served;
    switch (request.method) {
      case "actors":
        return await actorsOf(floor, (id) => held.heldBy(id, this));
      case "suspend":
        return await held.suspend(request.actor, this);
      case "resume":
        return await held.resume(request.actor, this);
      case "step":
        return await held.step(request.actor, this);
      case "elsewhere":
        return held.elsewhere(request, this);
      case "events":
        return this.#subscribe();
    }
  }

  #subscribe(): void {
    if (this.#events !== null) return;
    const leave = this.#served.floor.runtime.events.addSink((event) => this.#events?.push(event));
    this.#events = new RuntimeEventSubscription(MAX_EVENTS_WAITING, leave);
    this.#pumping = this.#pump(this.#events);
  }

  async #pump(events: RuntimeEventSubscription): Promise<void> {
    let lost = 0;
    for await (const event of events) {
      if (events.dropped > lost) {
        await this.#send({ lost: events.dropped - lost });
        lost = events.dropped;
      }
      await this.#send({ event });
    }
  }

  async #send(message: LiveMessage): Promise<void> {
    if (this.#lines.isClosed) return;
    const { clock } = this.#served.floor.runtime;
    if (await resolvesWithin(clock, WRITE_WITHIN_MS, this.#lines.send(message))) return;
    this.#lines.close();
  }
}
