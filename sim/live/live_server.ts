/**
 * The side of a process that plays a run, or serves a share of it: it listens on 127.0.0.1 for live
 * steppers. Until somebody attaches it does nothing, and it keeps no process alive.
 *
 * @module
 */

import { timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { resolvesWithin } from "../../actors/runtime/deferred.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import { HeldActors } from "./held_actors.ts";
import { JsonLines } from "./json_lines.ts";
import {
  FAREWELL_MS,
  HELLO_WITHIN_MS,
  MAX_CLIENTS,
  MAX_REQUEST_CHARACTERS,
  MAX_STRANGERS,
} from "./limits.ts";
import { liveFileName, newToken, removeLiveFile, writeLiveFile } from "./live_file.ts";
import { helloSchema, LIVE_VERSION, type LiveMessage } from "./protocol.ts";
import { ServedClient } from "./served_client.ts";
import type { SteppedFloor } from "./stepped_floor.ts";
import { LineError } from "./text_lines.ts";

/** After connections could not be taken. */
const ACCEPT_AGAIN_MS = 1_000;

/** Who is attached to. */
export interface LiveIdentity {
  /** The run's folder. */
  readonly directory: string;
  readonly run: string;
  /** The name under which the process joined the floor; null: the process of the session. */
  readonly process: string | null;
  /** Told in sentences what goes wrong with it, which never ends a run. */
  readonly say: (text: string) => void;
}

/** What can be attached to. */
export interface LiveStepping extends AsyncDisposable {
  /** Whether an actor stands still for a stepper now. */
  readonly isHolding: boolean;
  /** Lets every actor go on and suspends none any more; who is attached may still look. Idempotent. */
  release(why: string): Promise<void>;
  /** Also tells who is attached, and listens no more. Idempotent. */
  close(why: string): Promise<void>;
}

/**
 * Listens for live steppers of a floor, and says where in the run's folder. Close it before the floor
 * is stopped. Null: this process cannot listen, so it cannot be attached to, and the run goes on.
 */
export async function serveLive(
  floor: SteppedFloor,
  identity: LiveIdentity,
): Promise<LiveStepping | null> {
  const token = newToken();
  const path = join(identity.directory, liveFileName(identity.process));
  let listener: Deno.TcpListener | null = null;
  try {
    listener = listen();
    await writeLiveFile(path, { port: listener.addr.port, token });
    return new LiveServer(floor, { identity, listener, token, path });
  } catch (error) {
    listener?.close();
    // Who may not listen was not meant to.
    const meant = error instanceof Deno.errors.NotCapable;
    if (!meant) identity.say(`no live stepper can attach: ${String(error)}`);
    return null;
  }
}

/** On any free port. */
function listen(): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // A run ends when it is over, whoever may still want to attach.
  listener.unref();
  return listener;
}

interface ServerParts {
  readonly identity: LiveIdentity;
  readonly listener: Deno.TcpListener;
  readonly token: string;
  readonly path: string;
}

class LiveServer implements LiveStepping {
  readonly #floor: SteppedFloor;
  readonly #clock: Clock;
  readonly #parts: ServerParts;
  readonly #held: HeldActors;
  readonly #clients = new Set<ServedClient>();
  readonly #strangers = new Set<JsonLines>();
  readonly #serving = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  readonly #over = new AbortController();
  #closing: Promise<void> | null = null;

  constructor(floor: SteppedFloor, parts: ServerParts) {
    this.#floor = floor;
    this.#clock = floor.runtime.clock;
    this.#parts = parts;
    this.#held = new HeldActors(floor);
    this.#accepting = this.#accept();
  }

  get isHolding(): boolean {
    return this.#held.isHolding;
  }

  release(why: string): Promise<void> {
    return this.#held.end(why);
  }

  close(why: string): Promise<void> {
    this.#closing ??= this.#close(why);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close("the session has ended");
  }

  async #close(why: string): Promise<void> {
    const { listener, path, token } = this.#parts;
    this.#over.abort();
    listener.ref();
    listener.close();
    await this.#accepting;
    await removeLiveFile(path, token);
    await this.#held.end(why);
    const told = Promise.all([...this.#clients].map((client) => client.ended(why)));
    await resolvesWithin(this.#clock, FAREWELL_MS, told);
    for (const each of [...this.#clients, ...this.#strangers]) each.close();
    await Promise.all(this.#serving);
  }

  async #accept(): Promise<void> {
    while (!this.#over.signal.aborted) {
      try {
        for await (const connection of this.#parts.listener) this.#accepted(connection);
      } catch (error) {
        // Too many open files, as a rule: whoever wanted to attach may try again.
        this.#parts.identity.say(`cannot let a stepper attach: ${String(error)}`);
        await this.#clock.sleep(ACCEPT_AGAIN_MS, this.#over.signal);
      }
    }
  }

  #accepted(connection: Deno.TcpConn): void {
    if (this.#strangers.size >= MAX_STRANGERS) return connection.close();
    connection.setNoDelay();
    const lines = new JsonLines(connection, MAX_REQUEST_CHARACTERS);
    const serving = this.#serve(lines).catch((error: unknown) =>
      this.#parts.identity.say(`a live stepper was let go: ${String(error)}`)
    ).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  async #serve(lines: JsonLines): Promise<void> {
    const values = lines.values();
    try {
      const client = await this.#introduced(lines, values);
      if (client === null) return;
      try {
        await client.serve(values);
      } finally {
        this.#clients.delete(client);
      }
    } finally {
      lines.close();
      await values.return();
    }
  }

  /** Null for one that does not show the token in time: it is not answered at all. */
  async #introduced(
    lines: JsonLines,
    values: AsyncGenerator<unknown, void, void>,
  ): Promise<ServedClient | null> {
    this.#strangers.add(lines);
    try {
      const first = values.next().catch(nothingFrom);
      if (!await resolvesWithin(this.#clock, HELLO_WITHIN_MS, first)) {
        lines.close();
        await first;
        return null;
      }
      return await this.#greet(lines, (await first).value);
    } finally {
      this.#strangers.delete(lines);
    }
  }

  async #greet(lines: JsonLines, said: unknown): Promise<ServedClient | null> {
    const hello = helloSchema.safeParse(said);
    if (!hello.success || !sameText(hello.data.token, this.#parts.token)) return null;
    const { id, version } = hello.data;
    const refuse = async (message: string, code: "version" | "refused") => {
      await lines.send({ id, ok: false, code, message } satisfies LiveMessage);
      return null;
    };
    if (version !== LIVE_VERSION) {
      return await refuse(`it speaks version ${LIVE_VERSION}, and not ${version}`, "version");
    }
    if (this.#clients.size >= MAX_CLIENTS) {
      return await refuse(`${MAX_CLIENTS} steppers are attached already`, "refused");
    }
    const client = new ServedClient(lines, { floor: this.#floor, held: this.#held });
    this.#clients.add(client);
    const { run, process } = this.#parts.identity;
    const value = { version: LIVE_VERSION, run, process, pid: Deno.pid };
    await lines.send({ id, ok: true, value } satisfies LiveMessage);
    return client;
  }
}

/** What a stranger says that says no line is nothing. */
function nothingFrom(error: unknown): IteratorReturnResult<void> {
  if (!(error instanceof LineError)) throw error;
  return { done: true, value: undefined };
}

/** In a time that does not tell how much of it was right. */
function sameText(said: string, right: string): boolean {
  const [a, b] = [said, right].map((text) => new TextEncoder().encode(text));
  return a!.length === b!.length && timingSafeEqual(a!, b!);
}
