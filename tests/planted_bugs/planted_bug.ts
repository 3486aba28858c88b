/**
 * A bug planted on purpose, for the explorer to find.
 *
 * @module
 */

import type { ActorHost } from "../../actors/floor/actor_host.ts";

/** Puts another host around a floor's own. Called anew for each play: what it keeps lasts for one. */
export type HostDecorator = (host: ActorHost) => ActorHost;

/** A known-wrong variant of a part. */
export interface PlantedBug {
  /** Its lasting name: that of its file. */
  readonly id: string;
  /** What is wrong, as one would say it in a review. */
  readonly what: string;
  readonly host: HostDecorator;
}
