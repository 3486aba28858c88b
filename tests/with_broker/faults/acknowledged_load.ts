/**
 * Publishers that never rest, and what they were told is stored.
 *
 * @module
 */

/** A record of the load: who published it, and its number with that publisher and partition. */
export interface LoadRecord {
  readonly partition: number;
  readonly publisher: string;
  readonly number: number;
}

/** Records of one partition that are handed over together. */
export interface LoadBatch {
  readonly partition: number;
  readonly values: readonly string[];
}

/** How a load is published. */
export interface LoadTransport {
  /** Resolves when all batches are stored, as far as the transport knows. */
  publish(batches: readonly LoadBatch[]): Promise<void>;
  /** What became of a rejected publish; null when the failure ends the load. */
  rejected(error: unknown, batches: readonly LoadBatch[]): Rejected | null;
}

/** Records of a rejected publish that are in neither list are given up, stored or not. */
export interface Rejected {
  /** To be published again before anything else of the publisher. */
  readonly again: readonly LoadBatch[];
  /** Acknowledged nevertheless. */
  readonly stored: readonly LoadBatch[];
}

/** How much is published at a time. */
export interface LoadOptions {
  readonly partitions: number;
  readonly publishers: number;
  /** Records in each batch. */
  readonly records: number;
  /** Partitions that one publish goes to. */
  readonly spread: number;
}

/** So many records are acknowledged at most, which is far more than a test waits for. */
const MAX_ACKNOWLEDGED = 400_000;

/** A rejected publish is tried again after so long. */
const AGAIN_AFTER_MS = 50;

/** Publishes by several publishers at a time until it is stopped. */
export class AcknowledgedLoad {
  readonly #transport: LoadTransport;
  readonly #options: LoadOptions;
  readonly #publishers: Promise<unknown>;
  readonly #acknowledged: LoadRecord[] = [];
  readonly #repeated = new Set<string>();
  readonly #counts: number[];
  #rejections = 0;
  #stopped = false;

  constructor(transport: LoadTransport, options: LoadOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#counts = Array<number>(options.partitions).fill(0);
    this.#publishers = Promise.all(
      Array.from({ length: options.publishers }, (_, n) => this.#publish(`p${n}`, n)),
    );
    this.#publishers.catch(() => {}); // Told by stop().
  }

  /** What was acknowledged, in the order in which it was. */
  get acknowledged(): readonly LoadRecord[] {
    return this.#acknowledged;
  }

  /** How many records of each partition were acknowledged. */
  get counts(): readonly number[] {
    return [...this.#counts];
  }

  /** How many publishes were rejected, in whole or in part. */
  get rejections(): number {
    return this.#rejections;
  }

  /** The values that were published again after a rejection, and so may be stored twice. */
  get repeated(): ReadonlySet<string> {
    return this.#repeated;
  }

  /** Resolves when all that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#publishers;
  }

  async #publish(publisher: string, n: number): Promise<void> {
    const { partitions, records, spread } = this.#options;
    const numbers = Array<number>(partitions).fill(0);
    for (let turn = n; !this.#stopped; turn++) {
      if (this.#acknowledged.length > MAX_ACKNOWLEDGED) return;
      const batches = Array.from({ length: spread }, (_, i): LoadBatch => {
        const partition = (turn + i) % partitions;
        const values = Array.from(
          { length: records },
          () => valueOf({ partition, publisher, number: numbers[partition]!++ }),
        );
        return { partition, values };
      });
      await this.#untilAcknowledged(batches);
    }
  }

  async #untilAcknowledged(batches: readonly LoadBatch[]): Promise<void> {
    for (let waiting = batches; waiting.length > 0;) {
      try {
        await this.#transport.publish(waiting);
        this.#note(waiting);
        return;
      } catch (error) {
        const rejected = this.#transport.rejected(error, waiting);
        if (rejected === null) throw error;
        this.#rejections++;
        this.#note(rejected.stored);
        waiting = rejected.again;
        for (const { values } of waiting) for (const value of values) this.#repeated.add(value);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    }
  }

  #note(batches: readonly LoadBatch[]): void {
    for (const { partition, values } of batches) {
      this.#counts[partition]! += values.length;
      for (const value of values) this.#acknowledged.push(recordOf(value));
    }
  }
}

/** A record as text. */
export function valueOf({ partition, publisher, number }: LoadRecord): string {
  return `${partition}/${publisher}/${number}`;
}

/** The record of a text. */
export function recordOf(value: string): LoadRecord {
  const [partition = "", publisher = "", number = ""] = value.split("/");
  return { partition: Number(partition), publisher, number: Number(number) };
}
