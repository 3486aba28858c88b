/**
 * Brings all handles of one log in one process to the same {@link WakeBoard}.
 *
 * Each handle begins with a board of its own and says hello on a `BroadcastChannel` named after the
 * log. Whoever hears a hello of a higher rank than its own sends its memory, on a channel that only
 * the greeter reads (shared memory in a message can be taken once); whoever hears a lower rank says
 * hello itself, and is sent it. So all end at the lowest rank, in whatever order they came.
 *
 * @module
 */

import { rankOf, type WakeBoard } from "./wake_board.ts";

interface Hello {
  readonly rank: number;
  readonly replyTo: string;
}

/** Keeps a board shared until it is closed. */
export class WakeSharing {
  readonly #board: WakeBoard;
  readonly #name: string;
  readonly #hellos: BroadcastChannel;
  readonly #replies: BroadcastChannel;
  readonly #replyTo: string;

  constructor(logId: string, board: WakeBoard) {
    this.#board = board;
    this.#name = `event-log:${logId}`;
    this.#replyTo = `${this.#name}:${crypto.randomUUID()}`;
    this.#hellos = new BroadcastChannel(this.#name);
    this.#replies = new BroadcastChannel(this.#replyTo);
    this.#hellos.onmessage = ({ data }) => this.#heard(data);
    this.#replies.onmessage = ({ data }) => this.#offered(data);
    this.#greet();
  }

  close(): void {
    this.#hellos.close();
    this.#replies.close();
  }

  #greet(): void {
    const hello: Hello = { rank: this.#board.rank, replyTo: this.#replyTo };
    this.#hellos.postMessage(hello);
  }

  #heard(hello: Hello): void {
    if (hello.rank < this.#board.rank) return this.#greet();
    if (hello.rank === this.#board.rank) return;
    const reply = new BroadcastChannel(hello.replyTo);
    reply.postMessage(this.#board.memory);
    reply.close();
  }

  #offered(memory: unknown): void {
    if (!(memory instanceof SharedArrayBuffer)) return;
    if (rankOf(new Int32Array(memory)) >= this.#board.rank) return;
    this.#board.adopt(memory);
    // Whoever shared this handle's board until now is to follow.
    this.#greet();
  }
}
