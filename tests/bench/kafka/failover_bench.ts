/**
 * How long a partition of the trading engine is served by nobody, under a steady load on Kafka and with
 * the settings that the project ships: when the process that serves it is killed with `kill -9`, and
 * when only its worker dies.
 *
 * Run: deno run -A tests/bench/kafka/failover_bench.ts --brokers HOST:PORT [--client both] [--rounds 3]
 *
 * "Served again" is the first commit of each partition that had work: its state is back, and what came
 * meanwhile is being matched, published and committed.
 *
 * @module
 */

import type { Floor } from "../../../actors/floor/floor.ts";
import { CLUSTER_SESSION_TIMEOUT_MS } from "../../../actors/floor/floor_place.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { KafkaClientError } from "../../../kafka/cluster/kafka_client.ts";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import { tell } from "../figures.ts";
import { send, startLoadedFloor } from "../floor_load.ts";
import { type BenchPlace, clusterArguments, onCluster } from "./bench_cluster.ts";
import { EngineProcess } from "./engine_process.ts";

const ENGINE = "trading-engine";
const OWN = `${ENGINE}-0`;

/** Orders a second while something dies. */
const RATE = 200;

/** Of load before the death: every partition has work, and snapshots are there. */
const BEFORE_MS = 3_000;

/** Of load after it: longer than anything here should take. */
const AFTER_MS = { killed: 12_000, crashed: 5_000 } as const;

/** What is not served again after so long is not served. */
const DEADLINE_MS = 60_000;

const LOOK_EVERY_MS = 20;

/** Milliseconds from the death to each step. */
interface Timeline {
  /** The group takes the dead member for gone; of a killed process only. */
  readonly expelled: number | null;
  /** A supervisor starts the worker again; of a crash only. */
  readonly started: number | null;
  readonly assigned: number;
  readonly recovered: number;
  readonly served: number;
  readonly folded: number;
}

const { brokers, clients, numbers: { rounds } } = clusterArguments({ rounds: 3 });

async function measure(place: BenchPlace) {
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    await using floor = await startLoadedFloor(directory, { log: place.config });
    const watch = new EngineWatch(floor);
    const killed: Timeline[] = [];
    const crashed: Timeline[] = [];
    for (let round = 0; round < rounds; round++) {
      killed.push(await killProcess(floor, watch, { ...place, round }));
      await floor.idle();
      crashed.push(await crashWorker(floor, watch, round));
      await floor.idle();
    }
    return { killed, crashed };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function killProcess(
  floor: Floor,
  watch: EngineWatch,
  { run, config, round }: BenchPlace & { readonly round: number },
): Promise<Timeline> {
  await using engine = await EngineProcess.start({ run, config, name: `bench-${round}` });
  const lost = await until("the partitions are shared", () => sharedAway(floor));
  const sending = steadily(floor, `killed-${round}`, BEFORE_MS + AFTER_MS.killed);
  await flowing(floor, lost);
  const group = `${config.topicPrefix}${ENGINE}`;
  const client = await openClient(config);
  try {
    const coordinator = await client.findCoordinator(group);
    watch.begin(lost, await busyOf(floor, lost));
    engine.kill();
    const at = floor.runtime.clock.now();
    const expelling = until("the dead member is expelled", async () => {
      const { state, members } = await client.describeGroup(coordinator, group).catch(orRetry);
      if (state === "" || (state === "Stable" && members.length > 1)) return null;
      return floor.runtime.clock.now() - at;
    });
    const [expelled, timeline] = await Promise.all([expelling, watch.timeline(at)]);
    await sending;
    return { ...timeline, expelled };
  } finally {
    await client.close();
  }
}

/** A look that failed is taken again. */
function orRetry(error: unknown): { readonly state: string; readonly members: readonly unknown[] } {
  if (error instanceof KafkaClientError && error.retriable) return { state: "", members: [] };
  throw error;
}

async function crashWorker(floor: Floor, watch: EngineWatch, round: number): Promise<Timeline> {
  const { members } = await floor.log.describeGroup(ENGINE);
  const own = members.flatMap(({ assignment }) => assignment).map(({ topic, partition }) =>
    `${topic}/${partition}`
  );
  const sending = steadily(floor, `crashed-${round}`, BEFORE_MS + AFTER_MS.crashed);
  await flowing(floor, own);
  watch.begin(own, await busyOf(floor, own));
  const at = floor.runtime.clock.now();
  // It does not answer any more.
  void floor.actor(OWN).crash("for the bench").catch(() => {});
  const timeline = await watch.timeline(at);
  await sending;
  return timeline;
}

function steadily(floor: Floor, producer: string, durationMs: number): Promise<void> {
  const phase = { kind: "constant", ratePerSecond: RATE, durationMs, arrivals: "poisson" } as const;
  const sent = send(floor, [phase], producer);
  // Awaited later: until then a failure must not end the process, which has to clean up.
  sent.catch(() => {});
  return sent;
}

/** Waits until orders come through, and for a while of load. */
async function flowing(floor: Floor, partitions: readonly string[]): Promise<void> {
  await until(
    "orders are matched",
    async () => (await busyOf(floor, partitions)).length > 0 ? true : null,
  );
  await floor.runtime.clock.sleep(BEFORE_MS);
}

/** Those of the partitions that have symbols, and so work. */
async function busyOf(floor: Floor, partitions: readonly string[]): Promise<readonly string[]> {
  return (await floor.log.lag(ENGINE)).filter(({ offset }) => offset > QUIET_BELOW)
    .map(({ topic, partition }) => `${topic}/${partition}`)
    .filter((name) => partitions.includes(name));
}

/** The partitions of the other process's engine, once each engine has its share. */
async function sharedAway(floor: Floor): Promise<readonly string[] | null> {
  const { members } = await floor.log.describeGroup(ENGINE);
  const other = members.find(({ instanceId }) => instanceId !== OWN)?.assignment ?? [];
  const own = members.find(({ instanceId }) => instanceId === OWN)?.assignment ?? [];
  if (other.length === 0 || other.length !== own.length) return null;
  return other.map(({ topic, partition }) => `${topic}/${partition}`);
}

/** What this process's engine goes through after a death. */
class EngineWatch {
  #lost: ReadonlySet<string> = new Set();
  #busy: readonly string[] = [];
  #events: RuntimeEvent[] = [];

  constructor(floor: Floor) {
    floor.runtime.events.addSink((event) => {
      if (event.actor === OWN) this.#events.push(event);
    });
  }

  /** Looks from now on, at these partitions, of which some have work. */
  begin(lost: readonly string[], busy: readonly string[]): void {
    this.#lost = new Set(lost);
    this.#busy = busy;
    this.#events = [];
  }

  /** Resolves once every partition that had work has committed. */
  async timeline(diedAt: number): Promise<Timeline> {
    const seen = await until("the partitions are served again", () => {
      // An incarnation that died may have had its last commit on the way.
      const events = this.#events.filter(({ at }) => at >= diedAt);
      const first = <Kind extends RuntimeEvent["kind"]>(kind: Kind) =>
        events.filter((event): event is RuntimeEvent & { kind: Kind } => event.kind === kind);
      const assigned = first("assigned").filter(({ partitions }) =>
        partitions.some((name) => this.#lost.has(name))
      );
      const recovered = first("recovered").filter(({ partition }) => this.#lost.has(partition));
      const since = recovered[0]?.at ?? Infinity;
      const commits = first("commit").filter(({ partition, at }) =>
        this.#lost.has(partition) && at >= since
      );
      const served = this.#busy.map((name) =>
        commits.find(({ partition }) => partition === name)?.at
      );
      const complete = recovered.length >= this.#lost.size;
      if (assigned[0] === undefined || !complete || served.includes(undefined)) return null;
      return {
        started: first("starting")[0]?.at ?? null,
        assigned: assigned[0].at,
        recovered: Math.max(...recovered.map(({ at }) => at)),
        served: Math.max(...served.map((at) => at ?? 0)),
        folded: recovered.reduce((sum, { folded }) => sum + folded, 0),
      };
    });
    const { started, assigned, recovered, served, folded } = seen;
    return {
      expelled: null,
      started: started === null ? null : started - diedAt,
      assigned: assigned - diedAt,
      recovered: recovered - diedAt,
      served: served - diedAt,
      folded,
    };
  }
}

/** A partition without symbols has the floor's opening only. */
const QUIET_BELOW = 10;

async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`Cannot measure: not so within ${DEADLINE_MS} ms: ${what}`);
}

function report(
  client: KafkaClientName,
  killed: readonly Timeline[],
  crashed: readonly Timeline[],
): void {
  const s = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  console.log(
    `an engine dies under ${RATE} orders/s, by ${client}; session timeout ` +
      s(CLUSTER_SESSION_TIMEOUT_MS),
  );
  for (const { expelled, assigned, recovered, served, folded } of killed) {
    const gone = Math.min(expelled ?? 0, assigned);
    console.log(
      `  process killed: served again after ${s(served)} = ${
        s(gone)
      } until the group takes it for ` +
        `dead (the session timeout, less the age of its last heartbeat) + ${s(assigned - gone)} ` +
        `until the others have joined anew + ${s(recovered - assigned)} for snapshots and ` +
        `${folded} records folded on + ${s(served - recovered)} until the first commits`,
    );
  }
  for (const { started, assigned, recovered, served, folded } of crashed) {
    const from = started ?? 0;
    console.log(
      `  worker crashed: served again after ${s(served)} = ${
        s(from)
      } until its supervisor starts ` +
        `it again + ${s(assigned - from)} for the worker and taking its place in the group + ` +
        `${s(recovered - assigned)} for snapshots and ${folded} records folded on + ` +
        `${s(served - recovered)} until the first commits`,
    );
  }
  const told = (what: string, all: readonly Timeline[]) => {
    const served = all.map((each) => each.served / 1000).sort((a, b) => a - b);
    const median = served[Math.floor((served.length - 1) / 2)] ?? NaN;
    tell({ what: `${what}, served again, median, ${client}`, value: median, unit: "s" });
    tell({
      what: `${what}, served again, longest, ${client}`,
      value: served.at(-1) ?? NaN,
      unit: "s",
    });
  };
  told("engine's process killed", killed);
  told("engine's worker crashed", crashed);
}

for (const client of clients) {
  const { killed, crashed } = await onCluster(brokers, client, measure);
  report(client, killed, crashed);
}
