import assert from "node:assert/strict";
import { isWaitedFor, readProcesses } from "../../../../sim/stepper/screen/suspend_job.ts";

// A shell with a job of two, and a program that a terminal started without a shell.
const PROCESSES = readProcesses(`
    1     0     1 ?
  100     1   100 pts/0
  200   100   200 pts/0
  201   200   200 pts/0
  300     1   300 pts/1
  400   300   400 ?
`);

Deno.test("isWaitedFor() finds the shell of a job, also through the job's other processes", () => {
  assert.equal(isWaitedFor(PROCESSES, 200), true);
  assert.equal(isWaitedFor(PROCESSES, 201), true);
});

Deno.test("isWaitedFor() finds none where nobody could let the job go on", () => {
  assert.equal(isWaitedFor(PROCESSES, 300), false);
  assert.equal(isWaitedFor(PROCESSES, 400), false, "its parent is on another terminal");
  assert.equal(isWaitedFor(PROCESSES, 999), false, "it is not listed");
});
