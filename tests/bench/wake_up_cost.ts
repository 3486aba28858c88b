/**
 * What it costs a process to tell its workers that something was appended: a message on a
 * `BroadcastChannel`, which every worker with any channel open pays for, against a counter in shared
 * memory that nobody waits for. See `docs/decisions/wake-ups.md`.
 *
 * deno run tests/bench/wake_up_cost.ts
 *
 * @module
 */

import process from "node:process";

const MESSAGES = 20_000;
/** Messages between two turns of the event loop. */
const AT_ONCE = 100;
/** Long enough for the workers to have worked off what they were sent. */
const SETTLE_MS = 1_000;

/** Another channel than the one that is written to: its worker has nothing to do with the messages. */
const WORKER = `new BroadcastChannel("another").onmessage = () => {}; postMessage("ready");`;

/** Microseconds of processor time, over all threads, for one signal. */
async function costOf(signal: () => void, workers: number): Promise<number> {
  const url = `data:application/javascript,${encodeURIComponent(WORKER)}`;
  const running = Array.from({ length: workers }, () => new Worker(url, { type: "module" }));
  await Promise.all(running.map((worker) => new Promise((ready) => worker.onmessage = ready)));
  const before = processorMicros();
  for (let i = 1; i <= MESSAGES; i++) {
    signal();
    if (i % AT_ONCE === 0) await wait(0);
  }
  await wait(SETTLE_MS);
  const used = processorMicros() - before;
  for (const worker of running) worker.terminate();
  return used / MESSAGES;
}

function processorMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

const channel = new BroadcastChannel("appends");
const cells = new Int32Array(new SharedArrayBuffer(4));
console.log("microseconds of processor time for one signal");
for (const workers of [0, 2, 4, 8]) {
  const message = await costOf(() => channel.postMessage(1), workers);
  const counter = await costOf(() => {
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
  }, workers);
  console.log(
    `${workers} workers: message ${message.toFixed(1)}, shared counter ${counter.toFixed(1)}`,
  );
}
channel.close();
