/**
 * Attaching to a running floor of this machine: to the process that plays the run, and to those that
 * have joined it here.
 *
 * @module
 */

import { nearestTo } from "../nearest.ts";
import { LiveClient, type Unasked } from "./live_client.ts";
import { liveFilesIn, readLiveFile } from "./live_file.ts";
import {
  actorsSchema,
  LiveError,
  type LivePlace,
  type ProcessActor,
  type ProcessStep,
  stepSchema,
} from "./protocol.ts";
import { type AttachableRun, demandAttachable, whyNobody } from "./attachable_run.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";

/** An actor of a running floor. */
export interface LiveActor extends ProcessActor {
  /** The name under which its process joined the floor; null: the process of the session. */
  readonly process: string | null;
  /** Whether it can be suspended now, or stands already for this stepper. */
  readonly steppable: boolean;
}

/** What happens while one is attached. */
export type LiveNews =
  | { readonly kind: "event"; readonly process: string | null; readonly event: RuntimeEvent }
  /** An actor goes on without having been told to. */
  | { readonly kind: "released"; readonly actor: string; readonly why: string }
  /** So many events came faster than they were taken. */
  | { readonly kind: "lost"; readonly process: string | null; readonly count: number }
  /** A process is gone. */
  | { readonly kind: "ended"; readonly process: string | null; readonly why: string };

/** A record's place in the log. */
export type { LivePlace };

/**
 * Attaches to the run of a folder.
 *
 * @param options `onNews`: told of runtime events and of what else happens, as it happens
 * @throws {LiveError} when there is no such run, it is not going on, or it cannot be attached to; the
 * message says which, and what would be right
 */
export async function attachLive(
  directory: string,
  { onNews = () => {} }: { readonly onNews?: (news: LiveNews) => void } = {},
): Promise<LiveFloor> {
  const run = await demandAttachable(directory);
  const floor = new LiveFloor(run, onNews);
  try {
    await floor.attachNew();
    if (floor.isAttached) return floor;
  } catch (error) {
    await floor.close();
    throw error;
  }
  throw await whyNobody(run);
}

interface KnownActor {
  readonly client: LiveClient;
  readonly incarnation: number;
}

/** A running floor of this machine. Made by {@link attachLive}; it lets go by {@link close}. */
export class LiveFloor implements AsyncDisposable {
  /** The run: its id, folder, and where its log is. */
  readonly run: AttachableRun;
  readonly #onNews: (news: LiveNews) => void;
  readonly #clients = new Set<LiveClient>();
  /** Tokens of processes that were attached to, or are not there. */
  readonly #tried = new Set<string>();
  readonly #known = new Map<string, KnownActor>();
  readonly #ended = Promise.withResolvers<string>();
  #closed = false;

  /** For {@link attachLive}. */
  constructor(run: AttachableRun, onNews: (news: LiveNews) => void) {
    this.run = run;
    this.#onNews = onNews;
  }

  /** Resolves, with why, when the session has ended, or nobody is attached to any more. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Whether any process is attached to. */
  get isAttached(): boolean {
    return this.#clients.size > 0;
  }

  /** All actors of the run's processes on this machine. @throws {LiveError} */
  async actors(): Promise<readonly LiveActor[]> {
    await this.attachNew();
    const each = await Promise.all([...this.#clients].map((client) => this.#actorsOf(client)));
    return each.flat();
  }

  /**
   * Suspends an actor: it stays in its group and keeps its partitions, and takes no work. Resolves when
   * what it had begun is done. @throws {LiveError}
   */
  async suspend(id: string): Promise<void> {
    const client = await this.#clientOf(id, "suspend");
    await client.ask({ method: "suspend", actor: id });
    await this.#tellSession(id, true);
  }

  /** One piece of work of an actor that was suspended here. @throws {LiveError} */
  async step(id: string): Promise<ProcessStep> {
    const client = await this.#clientOf(id, "step");
    return stepSchema.parse(await client.ask({ method: "step", actor: id }));
  }

  /** Lets it go on. @throws {LiveError} */
  async resume(id: string): Promise<void> {
    const client = await this.#clientOf(id, "resume");
    await client.ask({ method: "resume", actor: id });
    await this.#tellSession(id, false);
  }

  /** Attaches to processes that have joined since. */
  async attachNew(): Promise<void> {
    for (const path of await liveFilesIn(this.run.directory)) {
      const file = await readLiveFile(path);
      if (file?.kind !== "address" || this.#tried.has(file.address.token)) continue;
      this.#tried.add(file.address.token);
      const client: LiveClient | null = await LiveClient.attach(file.address, {
        run: this.run.runId,
        onUnasked: (message) => this.#hear(message, client?.process ?? null),
      });
      if (client === null) continue;
      this.#clients.add(client);
      void client.ended.then((why) => this.#lose(client, why));
      await client.ask({ method: "events" });
    }
  }

  /** Lets go of everything: what was suspended goes on. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#clients].map((client) => client.close()));
    this.#ended.resolve("this side has closed");
  }

  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #actorsOf(client: LiveClient): Promise<readonly LiveActor[]> {
    let actors: readonly ProcessActor[];
    try {
      actors = actorsSchema.parse(await client.ask({ method: "actors" }));
    } catch (error) {
      // One process of several may end at any moment; its end is told as news.
      const isGone = error instanceof LiveError && error.code === "gone";
      if (isGone && this.#clients.size > 1) return [];
      throw error;
    }
    const { process } = client;
    return actors.map((actor) => {
      const { id, incarnation, phase, heldBy } = actor;
      this.#known.set(id, { client, incarnation });
      const steppable = heldBy === "you" || (heldBy === null && phase === "running");
      return { ...actor, process, steppable };
    });
  }

  async #clientOf(id: string, what: string): Promise<LiveClient> {
    const known = this.#known.get(id)?.client;
    if (known !== undefined && this.#clients.has(known)) return known;
    const actors = await this.actors();
    const found = this.#known.get(id)?.client;
    if (found !== undefined && this.#clients.has(found)) return found;
    throw noSuchActor(id, what, actors.map((actor) => actor.id));
  }

  /** The session waits for what stands still elsewhere, and its report tells of it. */
  async #tellSession(actor: string, held: boolean): Promise<void> {
    const known = this.#known.get(actor);
    if (known === undefined || known.client.process === null) return;
    const session = [...this.#clients].find(({ process }) => process === null);
    await session?.ask({ method: "elsewhere", actor, incarnation: known.incarnation, held });
  }

  #hear(message: Unasked, process: string | null): void {
    if ("event" in message) {
      this.#onNews({ kind: "event", process, event: message.event });
    } else if ("lost" in message) {
      this.#onNews({ kind: "lost", process, count: message.lost });
    } else if ("released" in message) {
      const { released: actor, why } = message;
      // A session that is gone meanwhile waits for nothing any more.
      void this.#tellSession(actor, false).catch(() => {});
      this.#onNews({ kind: "released", actor, why });
    }
  }

  #lose(client: LiveClient, why: string): void {
    this.#clients.delete(client);
    // What this side has closed itself is no news.
    if (!this.#closed) this.#onNews({ kind: "ended", process: client.process, why });
    if (client.process === null || this.#clients.size === 0) this.#ended.resolve(why);
  }
}

/** The names that there are, with the nearest first. */
export function noSuchActor(id: string, what: string, there: readonly string[]): LiveError {
  const near = nearestTo(id, there);
  const known = there.length === 0 ? "no actor is there" : `there are ${there.join(", ")}`;
  const meant = near === null ? "" : `; did you mean ${near}?`;
  return new LiveError(
    "no-actor",
    `Cannot ${what} ${JSON.stringify(id)}: ${known}${meant}`,
  );
}
