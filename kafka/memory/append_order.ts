/**
 * The order of one caller's appends. Where calls take time a later publish could overtake an earlier
 * one; in one partition it must not, as it does not on a connection.
 *
 * @module
 */

import type { MemoryPartition } from "./memory_partition.ts";

/** Appends of one caller. */
export class AppendOrder {
  /** The last append under way to each partition. */
  readonly #last = new Map<MemoryPartition, Promise<unknown>>();

  /** Appends after `travel`, and after whatever the caller has sent to these partitions before. */
  async append<T>(
    partitions: readonly MemoryPartition[],
    { travel, body }: { readonly travel: Promise<void> | null; readonly body: () => T },
  ): Promise<T> {
    const before = partitions.map((partition) => this.#last.get(partition));
    if (travel === null && before.every((each) => each === undefined)) return body();
    const appended = (async () => {
      await travel;
      await Promise.allSettled(before);
      return body();
    })();
    for (const partition of partitions) this.#last.set(partition, appended);
    try {
      return await appended;
    } finally {
      for (const partition of partitions) {
        if (this.#last.get(partition) === appended) this.#last.delete(partition);
      }
    }
  }
}
