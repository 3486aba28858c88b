/**
 * Worlds in files: what was shrunk is kept, so that it can be played again.
 *
 * @module
 */

import { join } from "node:path";
import { EXPLORE_FOLDER } from "./audit_place.ts";
import { type World, worldSchema } from "./world.ts";

/** A file that holds no world. */
export class WorldFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WorldFileError";
  }
}

/** Writes a world into the explorer's folder, in the place of one of the same seed. @returns its path */
export function writeWorld(world: World): string {
  Deno.mkdirSync(EXPLORE_FOLDER, { recursive: true });
  const path = join(EXPLORE_FOLDER, `seed-${world.seed}.json`);
  Deno.writeTextFileSync(path, `${JSON.stringify(world, null, 2)}\n`);
  return path;
}

/** Reads one. @throws {WorldFileError} when there is none, or it is not one of this version */
export function readWorld(path: string): World {
  let json: unknown;
  try {
    json = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    throw new WorldFileError(
      `Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = worldSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined ? "" : `: ${first.path.join(".")}: ${first.message}`;
  throw new WorldFileError(`Cannot play ${path}: it is no world of this version${where}`);
}
