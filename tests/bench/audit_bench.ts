/**
 * Records that the auditor judges in a second, audit log included, and how much more memory it takes
 * for three times as many of them.
 *
 * Run: deno run -A tests/bench/audit_bench.ts [--orders 150000]; the speed wanted is for 1000000.
 *
 * Real runs are judged: a floor moves a third of the orders, and another one all of them. Each audit is
 * a process of its own, whose resident memory is read as often as it tells how it gets on.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { auditLogInThreads } from "../../sim/auditor/audit_log_in_threads.ts";
import { tell } from "./figures.ts";
import { moveBurst, startLoadedFloor } from "./floor_load.ts";

const LIMIT_RECORDS_PER_SECOND = 300_000;
/** Garbage that was not collected yet comes and goes by so much. */
const LIMIT_GROWTH_MB = 64;
const PARTS = 3;

/** What the process of one audit tells. */
interface Audited {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Rules that are not held, as this bench's runs keep all that can be told of them. */
  readonly violated: readonly string[];
}

async function auditHere(directory: string): Promise<Audited> {
  let peak = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const config = { kind: "embedded", path: join(directory, "log.sqlite") } as const;
  const report = await auditLogInThreads(config, {
    auditFolder: join(directory, "audit"),
    onProgress: () => peak = Math.max(peak, process.memoryUsage.rss()),
  });
  const { user, system } = process.cpuUsage(cpu);
  return {
    records: report.recordsRead,
    seconds: report.tookMs / 1_000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: peak / 1e6,
    violated: report.verdicts.flatMap(({ rule, status }) => status === "violated" ? [rule] : []),
  };
}

/** Plays a run and has it judged by a process of its own. */
async function playAndAudit(orders: number): Promise<Audited> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    {
      await using floor = await startLoadedFloor(directory);
      await moveBurst(floor, orders);
    }
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "--allow-sys",
        fileURLToPath(import.meta.url),
        "--audit",
        directory,
      ],
      stdout: "piped",
    }).output();
    if (!success) throw new Error(`Cannot audit ${directory}: its process failed`);
    // What auditHere() gave.
    const audited = JSON.parse(new TextDecoder().decode(stdout)) as Audited;
    if (audited.violated.length > 0) {
      throw new Error(`Cannot use the run: ${audited.violated.join(", ")} violated`);
    }
    const { records, seconds, cpuSeconds, peakMb } = audited;
    console.log(
      `${orders} orders: ${records} records in ${seconds.toFixed(1)} s ` +
        `(${(cpuSeconds / records * 1e6).toFixed(1)} µs of processor time each), ` +
        `${peakMb.toFixed(0)} MB resident at most`,
    );
    return audited;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { orders: { type: "string", default: "150000" }, audit: { type: "string" } },
  });
  if (values.audit !== undefined) {
    console.log(JSON.stringify(await auditHere(values.audit)));
  } else {
    const orders = Number(values.orders);
    const few = await playAndAudit(Math.floor(orders / PARTS));
    const many = await playAndAudit(orders);
    tell({
      what: `records audited, ${orders} orders, audit log too`,
      value: many.records / many.seconds,
      unit: "/s",
      limit: { is: "at least", value: LIMIT_RECORDS_PER_SECOND },
    });
    tell({ what: "resident memory of that audit", value: many.peakMb, unit: "MB" });
    tell({
      what: `of it more than with a third of the orders`,
      value: many.peakMb - few.peakMb,
      unit: "MB",
      limit: { is: "at most", value: LIMIT_GROWTH_MB },
    });
  }
}
