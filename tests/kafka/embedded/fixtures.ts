/**
 * Embedded logs for tests, on a file of their own, with a clock that a test moves.
 *
 * @module
 */

import { openEventLog } from "../../../kafka/open_event_log.ts";
import type { LogFixture } from "../log_fixture.ts";

/** A clock that stands still until it is moved. */
export function testClock(start = 1_700_000_000_000): { now(): number; advance(ms: number): void } {
  let time = start;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
  };
}

/** A fixture on a file. */
export async function fileFixture(): Promise<LogFixture & { readonly path: string }> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/events.log`;
  const clock = testClock();
  const open = () => openEventLog({ kind: "embedded", path }, { now: clock.now });
  const log = await open();
  return {
    log,
    path,
    clock,
    openAnother: open,
    sessionTimeoutMs: 1_000,
    deadlineMs: 5_000,
    async [Symbol.asyncDispose]() {
      await log.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A folder that is removed at the end. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
