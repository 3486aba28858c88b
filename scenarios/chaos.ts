// Everything at once, in twenty seconds: what can go wrong with actors and with the log between them does
// go wrong, while users keep ordering. In the end every order must have had exactly one answer, and every
// invariant must hold, as if it had been a quiet day.
//
// A fault has one trigger (at a time, after so many records, when something happens), one verb, and a
// target: an instance, a group, whoever serves a partition, or a place in the log. docs/scenarios.md has
// the table. Look in the report at Faults (when each took place, and with whom), at the restarts, and at
// max: orders wait for actors that come back, and for a log that is away, but none is lost.
//
// Try: --seed 7, which draws other moments. Change a fault and see what holds all the same. And --virtual:
// the same session in a few seconds, and the same to the last byte every time.
import { scenario } from "../mod.ts";

export default scenario("chaos", {
  teaches:
    "That any fault at any moment changes nothing but latency. Crashes, a hang, a zombie, an outage, " +
    "lost acknowledgements, repeats, torn snapshots and poison in one session; nothing is lost or " +
    "done twice.",
  seed: 1987,
  symbols: ["AAPL", "IBM", "MSFT", "GOOG"],
  accounts: { count: 60 },
  actors: { "order-gateway": 2, "trading-engine": 2, "order-command-producer": 2 },
  phases: [
    { name: "calm", kind: "constant", ratePerSecond: 150, duration: "2s" },
    { name: "actors", kind: "constant", ratePerSecond: 200, duration: "7s" },
    { name: "log", kind: "constant", ratePerSecond: 200, duration: "6s" },
    { name: "state", kind: "constant", ratePerSecond: 200, duration: "4s" },
    { name: "healing", kind: "constant", ratePerSecond: 100, duration: "2s" },
  ],
  events: [
    // Who leaves in good order writes snapshots, which the faults of "state" are after.
    { at: { phase: "state" }, leave: "trading-engine-1" },
    { at: { phase: "state" }, leave: "order-gateway-1" },
  ],
  faults: [
    // Actors. An engine throws; a trader's thread is ended at a moment that the seed draws.
    { at: { phase: "calm", plus: "1s" }, crash: "trading-engine-0" },
    { at: { between: ["3s", "8s"] }, terminate: "order-command-producer-1" },
    // The two worst moments: outputs are in the log and the offset is not committed, so they will be
    // published again; and the offset is about to be committed.
    { when: { call: "publish", moment: "after", nth: 20 }, crash: "order-gateway-0" },
    { when: { call: "commit", moment: "before", nth: 10 }, crash: "portfolio-manager-0" },
    // Whoever serves this partition is busy and deaf. It is given up after five seconds without an
    // answer, and replaced while its thread still spins.
    { at: { phase: "actors", plus: "1s" }, hang: "trading-engine orders/2", for: "8s" },
    // Given up, and working on all the same: what it publishes meanwhile, its successor publishes too.
    { at: { phase: "actors", plus: "3s" }, zombie: "order-gateway-1", for: "1500ms" },
    { after: { records: 400, topic: "notifications" }, pause: "notifier-0", for: "1s" },
    // A producer's clock is set back by a minute and a half. It is a claim, and nobody decides by it.
    { at: { phase: "actors", plus: "2s" }, jumpClock: "market-data-producer-0", by: "-90s" },

    // The log. It is gone; it is there and nothing passes; everything takes its time.
    { at: { phase: "log" }, cut: "log", for: "1500ms" },
    { at: { phase: "log", plus: "2s" }, stall: "log", for: "700ms" },
    { at: { phase: "log", plus: "3s" }, slow: "notifications", by: "20ms", for: "1s" },
    // What was published is in the log, but who published it hears late of it, or never, and does so
    // again.
    { at: { phase: "log", plus: "3s" }, delayAck: "trading-engine", by: "60ms", for: "3s" },
    { at: { phase: "log", plus: "4s" }, loseAck: "notifications", times: 3 },
    { at: { phase: "log", plus: "4s" }, loseAck: "order-command-producer-0" },
    // What was read is delivered again: the same batch, and a hundred records.
    { at: { phase: "log", plus: "4500ms" }, duplicate: "order-gateway" },
    { at: { phase: "log", plus: "5s" }, redeliver: "order-gateway-0", records: 100 },
    // A stranger joins a group and leaves it: partitions move there and back.
    { at: { phase: "log", plus: "5s" }, rebalance: "portfolio-manager" },
    // A stranger writes: bytes that are no message, and a message on which every fold must throw.
    { at: { phase: "log", plus: "5500ms" }, poison: "order-commands" },
    { at: { phase: "log", plus: "5500ms" }, poisonFold: "orders" },

    // State. As soon as there are snapshots a part of one is changed, and the newest of others is gone.
    // Whoever comes back then must do with what is whole, or fold from the first on.
    { when: { event: "snapshot", actor: "trading-engine-1" }, tearSnapshot: "trading-engine" },
    { when: { event: "snapshot", actor: "order-gateway-1" }, loseSnapshot: "order-gateway" },
    { at: { phase: "state", plus: "2500ms" }, crash: "trading-engine-0" },
    { at: { phase: "state", plus: "2500ms" }, terminate: "order-gateway-0" },
  ],
  thresholds: {
    "faults.missed": "==0",
    "orders.lost": "==0",
    "restarts": ">=7",
    "zombies": ">=1",
    "log.outages": ">=1",
    "fills": ">0",
    "answer.max": "<30s",
    "lag": "==0",
  },
});
