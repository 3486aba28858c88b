import assert from "node:assert/strict";
import { Availability } from "../../../kafka/cluster/availability.ts";
import type { AvailabilityChange } from "../../../kafka/event_log.ts";
import { failure } from "./memory_client.ts";

function openAvailability(): {
  readonly changes: AvailabilityChange[];
  readonly closing: AbortController;
  succeed(what: string): Promise<void>;
  fail(what: string, type: string): Promise<void>;
} {
  const changes: AvailabilityChange[] = [];
  const closing = new AbortController();
  const availability = new Availability((change) => changes.push(change), closing.signal);
  return {
    changes,
    closing,
    succeed: (what) => availability.of(what, () => Promise.resolve()),
    fail: async (what, type) => {
      await assert.rejects(availability.of(what, () => Promise.reject(failure(type, true))));
    },
  };
}

Deno.test("Availability tells the first failure and the first success after it, each once", async () => {
  const { changes, succeed, fail } = openAvailability();
  await succeed("fetch");
  assert.equal(changes.length, 0);
  await fail("fetch", "CONNECTION");
  await fail("fetch", "REQUEST_TIMEOUT");
  assert.deepEqual(changes.map(({ available }) => available), [false]);
  assert.match(changes[0]!.why, /^fetch: CONNECTION/);
  await succeed("fetch");
  await succeed("fetch");
  assert.deepEqual(changes.map(({ available }) => available), [false, true]);
});

Deno.test("Availability is not back while something else still fails", async () => {
  const { changes, succeed, fail } = openAvailability();
  await fail("fetch of broker 1", "CONNECTION");
  await fail("appends", "NOT_ENOUGH_REPLICAS");
  await succeed("fetch of broker 1");
  await succeed("metadata");
  assert.equal(changes.length, 1);
  await succeed("appends");
  assert.deepEqual(changes.map(({ available }) => available), [false, true]);
});

Deno.test("Availability takes a broker's refusal for an answer, and a closed client for nothing", async () => {
  const { changes, closing, fail } = openAvailability();
  await fail("appends", "MESSAGE_TOO_LARGE");
  await fail("appends", "CLOSED");
  assert.equal(changes.length, 0);
  await fail("appends", "CONNECTION");
  await fail("appends", "CLOSED");
  assert.equal(changes.length, 1);
  await fail("appends", "NOT_LEADER_OR_FOLLOWER");
  assert.deepEqual(changes.map(({ available }) => available), [false, true]);
  closing.abort();
  await fail("appends", "CONNECTION");
  assert.equal(changes.length, 2);
});
