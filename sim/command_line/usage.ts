/**
 * What `deno task sim` says about itself.
 *
 * @module
 */

import { ACTOR_GROUPS } from "../scenario_events.ts";
import { CLUSTER_USAGE } from "./cluster_arguments.ts";
import type { ListedScenario } from "./load_scenario.ts";

const OPTIONS = `Options
  --seed N               another seed: other arrivals, prices and orders
  --rate X               the busiest phase sends X commands a second, the others in proportion
  --duration D           the whole session takes D (such as 10s), its phases in proportion
  --partitions N         partitions of every topic
  --instances GROUP=N    instances of a group; may be given again, or GROUP=N,GROUP=N
  --runs DIR             where runs are kept (runs)
  --run-id ID            the name of this run's folder
  --resume runs/ID       goes on with a run whose process was ended
    --accept-loss          even though its log's file was cut: without what is gone
  --virtual              plays in virtual time, in one thread: many times faster, the same
                         records for the same seed on every machine, and a digest of them
    --twice              plays it again and compares the digests
  --durability process   survives kill -9; "disk" survives power loss too (embedded log only)
${CLUSTER_USAGE}
  --prices FILE          replays a file of real trades as market data
    --format F             its format (binance-trades)
    --speed N              N times the pace of the trades
    --symbol S             the symbol that they are of
  --metrics-port N       serves metrics on 127.0.0.1:N for Prometheus; 0 takes any free port
  --json                 prints the report as JSON
  --help                 prints this

Groups     ${ACTOR_GROUPS.slice(0, 4).join(", ")},
           ${ACTOR_GROUPS.slice(4).join(", ")}
Exit codes 0 all held, 98 an invariant, 99 a threshold, 104 invalid scenario or option,
           105 interrupted`;

/** The first line of all usage. */
export const USAGE_LINE = "Usage: deno task sim SCENARIO.ts [options]";

/** Usage with the scenarios that are there. */
export function renderUsage(scenarios: readonly ListedScenario[]): string {
  const width = Math.max(0, ...scenarios.map(({ path }) => path.length));
  const lines = scenarios.map(({ path, teaches }) => `  ${path.padEnd(width)}  ${teaches}`);
  const list = lines.length === 0 ? [] : [`Scenarios\n${lines.join("\n")}`];
  return [USAGE_LINE, ...list, OPTIONS].join("\n\n");
}
