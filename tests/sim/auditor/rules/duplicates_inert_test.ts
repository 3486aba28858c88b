import assert from "node:assert/strict";
import { findRecord } from "../support/array_log.ts";
import { HandFloor } from "../support/hand_floor.ts";
import { assertViolated, complaints, judge, playSession } from "../support/sessions.ts";
import { change, fits, forge } from "../support/tampering.ts";

const DUPLICATE = { type: "order-placed", orderId: "b1", duplicate: true };
const CONFLICT = { type: "order-rejected", reason: "id-conflict" };

Deno.test("duplicates-inert finds a resend answered as if it were the first", async () => {
  const { log } = playSession(change("notifications", DUPLICATE, { duplicate: false }));
  const verdict = assertViolated(
    await judge(log),
    "duplicates-inert",
    /order b1 of bob .* not marked/,
  );
  assert.equal(verdict.counterexample!.chain.length, 4);
});

Deno.test("duplicates-inert finds a resend that gets another answer", async () => {
  const other = playSession(change("notifications", DUPLICATE, { reserved: 1 }));
  assertViolated(await judge(other.log), "duplicates-inert", /gets another answer/);
  const refused = playSession(change("notifications", DUPLICATE, {
    type: "order-rejected",
    duplicate: false,
    reason: "insufficient-cash",
    detail: "",
  }));
  assertViolated(
    await judge(refused.log),
    "duplicates-inert",
    /another answer .*insufficient-cash/,
  );
});

Deno.test("duplicates-inert lets a resend be refused as stale", async () => {
  const { log } = playSession(change("notifications", DUPLICATE, {
    type: "order-rejected",
    duplicate: false,
    reason: "stale",
    detail: "",
  }));
  assert.deepEqual(complaints(await judge(log)), ["audit-log-complete: no audit folder was given"]);
});

Deno.test("duplicates-inert finds another body under the same id accepted", async () => {
  const { log } = playSession(change("notifications", CONFLICT, {
    type: "order-placed",
    orderNumber: 77,
    symbol: "AAPL",
    side: "buy",
    quantityLots: 10,
    limitTicks: 1700,
    reserved: 17_000,
  }));
  assertViolated(
    await judge(log),
    "duplicates-inert",
    /another body than the first, but is accepted/,
  );
});

Deno.test("duplicates-inert finds an order accepted twice", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "notifications", fits(DUPLICATE));
  const answer = JSON.parse(String(log.records("notifications", partition)[offset]!.value));
  const origin = String(answer.id).split("/").slice(0, 3).join("/");
  forge(log, "orders", { type: "order-accepted", orderId: "b1" }, {
    id: `${origin}/7`,
    causationId: answer.causationId,
    orderNumber: 900,
  });
  const report = await judge(log);
  assertViolated(report, "duplicates-inert", /order 900 \(bob's b1\) was accepted twice/);
});

Deno.test("duplicates-inert finds two orders accepted from one command", async () => {
  const { log } = playSession();
  forge(log, "orders", { type: "order-accepted", orderId: "b3" }, {
    orderNumber: 900,
    orderId: "b9",
  });
  assertViolated(await judge(log), "duplicates-inert", /b9\) was accepted twice/);
});

Deno.test("duplicates-inert finds a resend that takes effect again", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "notifications", fits(DUPLICATE));
  const answer = JSON.parse(String(log.records("notifications", partition)[offset]!.value));
  const origin = String(answer.id).split("/").slice(0, 3).join("/");
  forge(log, "orders", { type: "order-accepted", orderId: "b3" }, {
    id: `${origin}/7`,
    causationId: answer.causationId,
    orderNumber: 900,
    orderId: "fresh",
  });
  assertViolated(
    await judge(log),
    "duplicates-inert",
    /took effect although its id was used before/,
  );
});

Deno.test("duplicates-inert finds a cancel handed on twice", async () => {
  const { log } = playSession();
  forge(log, "orders", { type: "cancel-requested", cancelId: "x2" });
  assertViolated(await judge(log), "duplicates-inert", /cancel x2 of bob was handed on twice/);
});

Deno.test("duplicates-inert finds a duplicate of nothing", async () => {
  const { log } = playSession(
    change("notifications", { type: "order-placed", orderId: "a1" }, { duplicate: true }),
  );
  assertViolated(await judge(log), "duplicates-inert", /order a1 .* nothing came before it/);
});

Deno.test("duplicates-inert does not take an id for used by an order that was rate-limited", async () => {
  const floor = new HandFloor({
    tamper: change("notifications", { type: "order-rejected" }, { reason: "rate-limited" }),
  });
  floor.open("bob", 1_000);
  floor.place({ user: "bob", id: "o1", symbol: "NONE", side: "buy", lots: 1, price: 1 });
  floor.acknowledge();
  // The same id with another body, which would be a conflict had the id been used.
  const { record, partition } = findRecord(floor.log, "order-commands", fits({ orderId: "o1" }));
  const again = JSON.parse(String(record.value));
  const value = JSON.stringify({ ...again, symbol: "MSFT", id: "other" });
  const offset = floor.log.append("order-commands", partition, { key: "bob", value });
  forge(floor.log, "notifications", { type: "order-rejected" }, {
    id: `order-commands/${partition}/${offset}/0`,
    causationId: "other",
    type: "order-placed",
    orderNumber: 8,
    symbol: "MSFT",
    side: "buy",
    quantityLots: 1,
    limitTicks: 1,
    reserved: 1,
  });
  const report = await judge(floor.log, { openFloor: true, drained: false });
  assert.equal(report.verdicts.find(({ rule }) => rule === "duplicates-inert")?.status, "held");
});

Deno.test("duplicates-inert lets a resent opening be told that the account exists", async () => {
  const floor = new HandFloor();
  floor.open("bob", 1_000);
  floor.acknowledge();
  const opening = { type: "open-account", commandId: "open-bob" };
  const { record, partition } = findRecord(floor.log, "order-commands", fits(opening));
  const value = JSON.stringify({ ...JSON.parse(String(record.value)), id: "other" });
  const offset = floor.log.append("order-commands", partition, { key: "bob", value });
  forge(floor.log, "notifications", { type: "account-opened" }, {
    id: `order-commands/${partition}/${offset}/0`,
    causationId: "other",
    type: "account-rejected",
    reason: "account-exists",
    detail: "",
  });
  const report = await judge(floor.log, { openFloor: true, drained: false });
  const verdict = report.verdicts.find(({ rule }) => rule === "duplicates-inert");
  assert.equal(verdict?.status, "held", verdict?.counterexample?.text ?? "");
});
