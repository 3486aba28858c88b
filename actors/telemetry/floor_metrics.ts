/**
 * The metrics of a floor: its actors, its groups, its log, its process.
 *
 * @module
 */

import process from "node:process";
import type { Floor } from "../floor/floor.ts";
import type { ActorView } from "../floor/actor_view.ts";
import type { RuntimeEvent } from "../runtime/runtime_events.ts";
import { CONSUMER_ROLES } from "../topology.ts";
import type { Labels, MetricRegistry, ReadMetric, Sample } from "./metric_registry.ts";
import type { MetricSource } from "./metric_source.ts";

/** What of a floor is read. */
export type ObservedFloor = Pick<Floor, "actors" | "log" | "runtime">;

const MICROSECONDS = 1_000_000;

/** Actors' counters by the names under which they report them. */
const ACTOR_COUNTERS = {
  records: ["outcry_actor_records_total", "Records that an incarnation has worked off."],
  outputs: ["outcry_actor_outputs_total", "Messages that it has emitted, dead letters among them."],
  repeats: [
    "outcry_actor_repeats_total",
    "Derived messages that had come before, as after a crash.",
  ],
  malformed: ["outcry_actor_malformed_total", "Records whose bytes are no message of their topic."],
  refused: ["outcry_actor_refused_total", "Derived messages that fit nothing it knows."],
  skipped: ["outcry_actor_skipped_total", "Records passed over as poison."],
  delivered: ["outcry_actor_delivered_total", "Notifications that a notifier has passed."],
  fenced: ["outcry_actor_fenced_total", "Commits refused since others own the partitions."],
  sent: ["outcry_producer_sent_total", "Records that a producer's incarnation has sent."],
  resent: ["outcry_producer_resent_total", "Of them, those of an earlier incarnation sent again."],
} as const;

/** Every actor of the supervision tree. */
export function actorMetrics(registry: MetricRegistry, floor: ObservedFloor): MetricSource {
  const labels = ["role", "actor"];
  const counters = Object.entries(ACTOR_COUNTERS).map(([counter, [name, help]]) =>
    [counter, registry.counter({ name, help, labels })] as const
  );
  const running = registry.gauge({
    name: "outcry_actor_running",
    help: "1 while an incarnation is running, or suspended; 0 while none is.",
    labels,
  });
  const restarts = registry.counter({
    name: "outcry_actor_restarts_total",
    help: "How often its supervisor has started it again.",
    labels,
  });
  const mailbox = registry.gauge({
    name: "outcry_actor_mailbox_records",
    help: "Records in its partitions that it has not committed: its mailbox is the log.",
    labels,
  });
  return sourceOf("actors", [...counters.map(([, metric]) => metric), running, restarts, mailbox], {
    read: async () => {
      const actors = actorsOf(await floor.actors());
      const samples = (valueOf: (actor: ActorView) => number | undefined): Sample[] =>
        actors.flatMap((actor) => {
          const value = valueOf(actor);
          return value === undefined ? [] : [[{ role: actor.role, actor: actor.id }, value]];
        });
      for (const [counter, metric] of counters) {
        metric.set(samples(({ counters }) => counters[counter]));
      }
      running.set(samples(({ phase }) => phase === "running" || phase === "suspended" ? 1 : 0));
      restarts.set(samples((actor) => actor.restarts));
      mailbox.set(samples(({ lag }) => lag));
    },
  });
}

/** How far every group is in every partition. */
export function groupMetrics(registry: MetricRegistry, floor: ObservedFloor): MetricSource {
  const labels = ["group", "topic", "partition"];
  const lag = registry.gauge({
    name: "outcry_consumer_lag_records",
    help: "Records between a group's committed offset and the partition's end.",
    labels,
  });
  const committed = registry.gauge({
    name: "outcry_consumer_committed_offset",
    help: "The offset of the next record that a group has not committed.",
    labels,
  });
  return sourceOf("groups", [lag, committed], {
    read: async () => {
      const places = await Promise.all(CONSUMER_ROLES.map(async (group) => {
        const partitions = await floor.log.lag(group);
        return partitions.map((place): [Labels, typeof place] => [
          { group, topic: place.topic, partition: String(place.partition) },
          place,
        ]);
      }));
      lag.set(places.flat().map(([labels, place]) => [labels, place.lag]));
      committed.set(places.flat().map(([labels, place]) => [labels, place.offset]));
    },
  });
}

/** Where every partition ends, and whether the log answers at all. */
export function logMetrics(registry: MetricRegistry, floor: ObservedFloor): MetricSource {
  const up = registry.gauge({
    name: "outcry_log_up",
    help: "1 while the event log answers, 0 while it does not.",
  });
  const ends = registry.gauge({
    name: "outcry_log_end_offset",
    help: "The offset that the next record of a partition will get.",
    labels: ["topic", "partition"],
  });
  const deadLetters = registry.counter({
    name: "outcry_dead_letters_total",
    help: "Records in dead-letters; those written again after a crash are counted again.",
  });
  return {
    name: "log",
    read: async () => {
      const topics = await floor.log.describeTopics();
      ends.set(
        topics.flatMap(({ name: topic, offsets }) =>
          offsets.map((
            { end },
            partition,
          ): Sample => [{ topic, partition: String(partition) }, end])
        ),
      );
      const letters = topics.find(({ name }) => name === "dead-letters")?.offsets ?? [];
      deadLetters.set([[{}, letters.reduce((sum, { end }) => sum + end, 0)]]);
      up.set([[{}, 1]]);
    },
    clear: () => {
      ends.set([]);
      deadLetters.set([]);
      up.set([[{}, 0]]);
    },
  };
}

/** What happened to actors since it was begun to watch. `end` takes the watch off the floor. */
export function eventMetrics(
  registry: MetricRegistry,
  floor: ObservedFloor,
): MetricSource & { readonly end: () => void } {
  const kinds = new Map<RuntimeEvent["kind"], number>();
  let alive = 0;
  const end = floor.runtime.events.addSink((event) => {
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
    if (event.kind === "zombie" || event.kind === "zombie-ended") alive = event.alive;
  });
  const events = registry.counter({
    name: "outcry_runtime_events_total",
    help: "Runtime events by kind, since the endpoint was opened.",
    labels: ["kind"],
  });
  const zombies = registry.gauge({
    name: "outcry_zombies",
    help: "Incarnations given up whose thread still runs.",
  });
  const source = sourceOf("events", [events, zombies], {
    read: () => {
      events.set([...kinds].map(([kind, count]) => [{ kind }, count]));
      zombies.set([[{}, alive]]);
      return Promise.resolve();
    },
  });
  return { ...source, end };
}

/** The process, by the names that Prometheus's clients share. */
export function processMetrics(registry: MetricRegistry): MetricSource {
  const cpu = registry.counter({
    name: "process_cpu_seconds_total",
    help: "Processor time of all threads.",
  });
  const memory = registry.gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process, all threads included.",
  });
  const started = registry.gauge({
    name: "process_start_time_seconds",
    help: "When the process was started, since the epoch.",
  });
  return sourceOf("process", [cpu, memory, started], {
    read: () => {
      const { user, system } = process.cpuUsage();
      cpu.set([[{}, (user + system) / MICROSECONDS]]);
      memory.set([[{}, Deno.memoryUsage().rss]]);
      started.set([[{}, performance.timeOrigin / 1_000]]);
      return Promise.resolve();
    },
  });
}

function sourceOf(
  name: string,
  metrics: readonly ReadMetric[],
  { read }: Pick<MetricSource, "read">,
): MetricSource {
  return {
    name,
    read,
    clear: () => {
      for (const metric of metrics) metric.set([]);
    },
  };
}

function actorsOf(node: ActorView): readonly ActorView[] {
  return node.kind === "actor" ? [node] : node.children.flatMap(actorsOf);
}
