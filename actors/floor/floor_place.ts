/**
 * Where a floor stands: its log, its folder, and the host that its actors run on.
 *
 * @module
 */

import { join } from "node:path";
import type { EventLog } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog, openMemoryLog } from "../../kafka/open_event_log.ts";
import type { HandleLimits } from "../runtime/actor_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type ActorHost, singleThreadHost, workerHost } from "./actor_host.ts";
import { FloorParametersError } from "./floor_parameters.ts";
import { lockFile } from "./process_lock.ts";

/** What is chosen about a floor's place; `FloorOptions` says what each means. */
export interface PlaceOptions {
  readonly log: "embedded" | "memory";
  readonly directory?: string;
  readonly durability?: "process" | "disk";
  readonly limitsOfActors?: Partial<HandleLimits>;
}

/** A floor's place, held by this process. */
export interface FloorPlace {
  readonly log: EventLog;
  readonly host: ActorHost;
  /** Null: the floor keeps no audit log. */
  readonly auditFolder: string | null;
  /** Closes the log and lets another process have the folder. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a floor's place.
 *
 * @throws {FloorParametersError} when the folder is missing from the options, or another floor has it
 * @throws {EventLogError} when the log cannot be opened
 */
export async function openPlace(options: PlaceOptions, runtime: Runtime): Promise<FloorPlace> {
  if (options.log === "memory") return await openMemoryPlace(options, runtime);
  const { directory, durability = "process" } = options;
  if (directory === undefined) {
    throw new FloorParametersError(
      `Cannot open the floor: an embedded log needs a directory, as in { directory: "my-floor" }`,
    );
  }
  const auditFolder = join(directory, "audit");
  await Deno.mkdir(auditFolder, { recursive: true });
  const folder = await Deno.realPath(directory);
  // Two floors in one folder would send under one name and take each other's answers.
  const lock = await lockFile(join(folder, "floor.lock"));
  if (lock === null) {
    throw new FloorParametersError(
      `Cannot open the floor: another floor runs in ${directory}; stop it, or take another directory`,
    );
  }
  const config: EventLogConfig = { kind: "embedded", path: join(folder, "log.sqlite"), durability };
  try {
    const log = await openEventLog(config);
    return {
      log,
      host: workerHost(config, runtime, options.limitsOfActors),
      auditFolder: join(folder, "audit"),
      close: async () => {
        await log.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openMemoryPlace(options: PlaceOptions, runtime: Runtime): Promise<FloorPlace> {
  const { directory } = options;
  const log = await openMemoryLog();
  return {
    log,
    host: singleThreadHost(log, runtime, options.limitsOfActors),
    auditFolder: directory === undefined ? null : join(directory, "audit"),
    close: () => log.close(),
  };
}
