/**
 * The producer that sends go through now. One that has rejected a send is never used again.
 *
 * @module
 */

import type { KafkaProducer } from "./idempotent_producer.ts";

/** A producer and who is using it. */
interface Held {
  readonly opened: Promise<KafkaProducer>;
  users: number;
  discarded: boolean;
}

/** Opens producers one after another, each when a send wants it. */
export class ProducerSlot {
  readonly #open: () => Promise<KafkaProducer>;
  readonly #closing = new Set<Promise<void>>();
  #held: Held | null = null;
  /** How many were thrown away. */
  #discarded = 0;

  constructor(open: () => Promise<KafkaProducer>) {
    this.#open = open;
  }

  get discarded(): number {
    return this.#discarded;
  }

  /**
   * Gives `work` the producer. When it rejects, so does this, and the producer is thrown away; it is
   * closed once the sends of others that are under way through it have their answers.
   */
  async use<T>(work: (producer: KafkaProducer) => Promise<T>): Promise<T> {
    const held = this.#held ??= { opened: this.#open(), users: 0, discarded: false };
    held.users++;
    try {
      return await work(await held.opened);
    } catch (error) {
      this.#discard(held);
      throw error;
    } finally {
      held.users--;
      if (held.discarded && held.users === 0) this.#close(held);
    }
  }

  /** Closes the producer, and waits for all that were thrown away. Never rejects. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held !== null && !held.discarded) {
      held.discarded = true;
      this.#close(held);
    }
    await Promise.all(this.#closing);
  }

  #discard(held: Held): void {
    if (held.discarded) return;
    held.discarded = true;
    this.#discarded++;
    if (this.#held === held) this.#held = null;
  }

  #close({ opened }: Held): void {
    const closing = opened.then((producer) => producer.close(), () => {
      // One whose opening failed has nothing to close.
    });
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}
