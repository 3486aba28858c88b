/**
 * A floor of workers, stepped over its connection as another process would.
 */

import assert from "node:assert/strict";
import { type Floor, joinFloor } from "../../../mod.ts";
import { attachLive } from "../../../sim/live/attach_live.ts";
import { liveLines } from "../../../sim/live/live_lines.ts";
import { serveLive } from "../../../sim/live/live_server.ts";
import { LiveSession } from "../../../sim/live/live_session.ts";
import { startSource } from "../../../sim/session/sources.ts";
import { eventually } from "../../support/eventually.ts";
import { onLiveStage } from "./live_stage.ts";

const ENGINE = "trading-engine-0";
const LONG_MS = 20_000;

const order = (orderId: string, side: "buy" | "sell", quantity: number) => ({
  orderId,
  userId: side === "buy" ? "bob" : "alice",
  symbol: "AAPL",
  side,
  quantity,
  price: 160,
});

async function lagOf(session: LiveSession): Promise<number | undefined> {
  await session.refresh();
  return session.view.actors.find(({ id }) => id === ENGINE)?.lag;
}

async function sharesOf(floor: Floor, user: string): Promise<number> {
  return (await floor.portfolio(user))?.positions[0]?.quantity ?? 0;
}

Deno.test("LiveSession feeds a suspended engine one order at a time while the gateway goes on", async () => {
  await onLiveStage(async ({ floor, folder, events }) => {
    await floor.orders.sendOrder(order("a1", "sell", 7));
    await floor.idle();
    await using session = await LiveSession.attach(folder.paths.directory);
    session.choose(ENGINE);
    await session.suspend();
    // The gateway answers: the engine alone stands still.
    await floor.orders.sendOrder(order("b1", "buy", 2));
    await floor.orders.sendOrder(order("b2", "buy", 3));
    await eventually("it is two behind", async () => await lagOf(session) === 2, LONG_MS);
    assert.equal(await sharesOf(floor, "bob"), 0);

    const step = await session.step();
    assert.equal(JSON.parse(step?.read?.text ?? "{}").orderId, "b1");
    const bought = "Bought all 2 AAPL for bob's order b1 at 160.00.";
    assert.deepEqual([step?.decision?.headline, step?.undecided], [bought, null]);
    const wrote = step?.wrote.map(({ topic, text }) => [topic, JSON.parse(text ?? "{}").type]);
    assert.deepEqual(wrote?.slice(0, 4), [
      ["notifications", "order-filled"],
      ["notifications", "order-filled"],
      ["order-commands", "settle-fill"],
      ["order-commands", "settle-fill"],
    ]);
    assert.equal(await lagOf(session), 1);
    await eventually("bob has two", async () => await sharesOf(floor, "bob") === 2, LONG_MS);

    assert.equal(JSON.parse((await session.step())?.read?.text ?? "{}").orderId, "b2");
    assert.equal(await session.step(), null);
    assert.equal(session.view.fed.length, 2);
    await session.resume();
    await floor.orders.sendOrder(order("b3", "buy", 2));
    await floor.idle();
    assert.deepEqual([await sharesOf(floor, "bob"), await sharesOf(floor, "alice")], [7, 93]);
    const notes = events.flatMap((event) => event.kind === "note" ? [event.text] : []);
    assert.deepEqual(notes, [
      "suspended by a live stepper",
      "resumed by a live stepper after 2 steps",
    ]);
  });
});

Deno.test("LiveSession holds an engine through a crash, and lets it go when it is gone", async () => {
  await onLiveStage(async ({ floor, folder, live }) => {
    const session = await LiveSession.attach(folder.paths.directory);
    session.choose(ENGINE);
    await session.suspend();
    await floor.actor(ENGINE).crash();
    await eventually("its successor stands still", async () => {
      await session.refresh();
      const engine = session.view.actors.find(({ id }) => id === ENGINE);
      return engine?.incarnation === 2 && engine.phase === "suspended";
    }, LONG_MS);
    await floor.orders.sendOrder(order("a1", "sell", 7));
    await floor.orders.sendOrder(order("a2", "sell", 7));
    await eventually("it is behind", async () => await lagOf(session) === 2, LONG_MS);
    assert.equal(JSON.parse((await session.step())?.read?.text ?? "{}").orderId, "a1");
    assert.equal(await lagOf(session), 1);
    assert.ok(live.isHolding);
    // As when its process is killed: not a word before.
    await session[Symbol.asyncDispose]();
    await floor.idle();
    assert.equal(live.isHolding, false);
  });
});

Deno.test("liveLines() answers each line, tells of the end, and fails where something was not done", async () => {
  await onLiveStage(async ({ floor, folder, live }) => {
    await floor.orders.sendOrder(order("a1", "sell", 7));
    await floor.idle();
    const said: string[] = [];
    const complained: string[] = [];
    const typed = Promise.withResolvers<void>();
    async function* lines() {
      yield* ["", "step", "choose trading-engine-9", `suspend ${ENGINE}`, "step"];
      await floor.orders.sendOrder(order("b1", "buy", 2));
      yield* ["step 5", "leap", "resume", "actors"];
      await live.close("the session has ended");
      // As a terminal that nobody types at.
      await typed.promise;
    }
    const exitCode = await liveLines({ directory: folder.paths.directory, format: "plain" }, {
      lines: lines(),
      say: (line) => void said.push(line),
      complain: (line) => void complained.push(line),
      interrupted: new AbortController().signal,
    });
    typed.resolve();
    assert.equal(exitCode, 1);
    const text = said.join("\n");
    assert.match(text, /^attached to run trading-1; "help" lists what may be typed$/m);
    assert.match(text, /^trading-engine-0: there is nothing for it to do now$/m);
    assert.match(
      text,
      /^trading-engine-0 was fed orders\/0\/\d+: bob's order b1.*\n {2}decided Bought all 2 AAPL for bob's order b1 at 160.00.\n {2}wrote notifications\/0\/\d+/m,
    );
    assert.match(text, /^trading-engine-0 goes on$/m);
    assert.match(text, /^trading-engine-0: running, lag \d+, orders\/0 \d+ of \d+$/m);
    assert.match(text, /it is over: the session has ended$/);
    assert.deepEqual(complained.map((line) => line.split(":")[0]), [
      "Cannot step",
      `Cannot choose "trading-engine-9"`,
      `Cannot do "leap"`,
    ]);
  });
});

/** Prices without end, faster than anybody steps. */
async function startPrices(floor: Floor): Promise<void> {
  const id = "prices";
  const prices = {
    model: "gbm",
    ticksPerSecond: 500,
    startPrice: 150,
    drift: 0,
    volatility: 0.2,
  } as const;
  const options = {
    kind: "market-data-producer",
    options: {
      producer: id,
      seed: 1,
      symbols: [{ symbol: "AAPL", tickSize: 0.01, prices }],
      pace: { perSecond: 10_000, burst: 1_000 },
      startAt: Math.floor(floor.runtime.clock.now()),
    },
  } as const;
  await floor.startProducer({
    kind: "actor",
    id,
    role: options.kind,
    restart: "transient",
    shutdownMs: 5_000,
    start: (incarnation) => startSource(floor, { id, incarnation, options }),
  });
}

async function pricesIn({ log }: Floor): Promise<number> {
  const [topic] = await log.describeTopics(["market-data"]);
  return topic?.offsets.reduce((sum, { end }) => sum + end, 0) ?? 0;
}

Deno.test("attachLive() steps a producer, which makes messages of its own", async () => {
  await onLiveStage(async ({ floor, folder }) => {
    await startPrices(floor);
    await using live = await attachLive(folder.paths.directory);
    await live.suspend("prices");
    const before = await pricesIn(floor);
    let step = await live.step("prices");
    await eventually("a price is due", async () => {
      if (step.done === null) step = await live.step("prices");
      return step.done !== null;
    });
    assert.equal(step.done?.read, null);
    assert.deepEqual(step.done?.wrote.map(({ topic, count }) => [topic, count]), [
      ["market-data", 1],
    ]);
    assert.equal(await pricesIn(floor), before + 1);
    await live.resume("prices");
    await eventually("prices go on", async () => await pricesIn(floor) > before + 10, LONG_MS);
    await floor.removeProducer("prices");
  });
});

Deno.test("attachLive() reaches actors of a process that has joined, and the session waits for them", async () => {
  await onLiveStage(async ({ floor, folder, live, events }) => {
    const { directory } = folder.paths;
    const id = "trading-engine-0.east";
    await using attached = await attachLive(directory);
    await using joined = await joinFloor({
      log: { kind: "embedded", directory },
      instances: { "trading-engine": 1 },
      name: "east",
    });
    const say = (text: string) => assert.fail(text);
    const east = { directory, run: folder.runId, process: "east", say };
    await using _serving = await serveLive(joined, east);
    const found = (await attached.actors()).find((actor) => actor.id === id);
    assert.deepEqual([found?.process, found?.steppable], ["east", true]);
    await attached.suspend(id);
    assert.equal(live.isHolding, true);
    assert.equal((await joined.actor(id).report()).phase, "suspended");
    await attached.resume(id);
    assert.equal(live.isHolding, false);
    assert.equal((await joined.actor(id).report()).phase, "running");
    await attached.suspend(id);
    await attached.close();
    await eventually(
      "both go on",
      async () => !live.isHolding && (await joined.actor(id).report()).phase === "running",
    );
    const notes = events.filter(({ actor, kind }) => actor === id && kind === "note");
    assert.equal(notes.length, 4);
    await floor.idle();
  });
});
