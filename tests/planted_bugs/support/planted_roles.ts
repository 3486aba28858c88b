/**
 * Hosts that start some roles otherwise.
 *
 * @module
 */

import type {
  ActorHost,
  ActorSurroundings,
  HostedActor,
} from "../../../actors/floor/actor_host.ts";
import type { ConsumerSettings } from "../../../actors/floor/consumer_actor.ts";
import type { Actor, ActorStart } from "../../../actors/runtime/actor.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { HostDecorator } from "../planted_bug.ts";

/** Makes a consumer in the place of the real one. */
export type MakeConsumer = (
  start: ActorStart<ConsumerSettings>,
  surroundings: ActorSurroundings,
) => Actor | Promise<Actor>;

/** The floor's host, but for the actors of a role, which are made by `make`. */
export function withConsumer(role: string, make: MakeConsumer): HostDecorator {
  return changing((actor) =>
    actor.role !== role ? actor : {
      ...actor,
      create: (surroundings) => async (start) =>
        // Every consumer is started with these settings, whatever the host calls them.
        await make(start as ActorStart<unknown> as ActorStart<ConsumerSettings>, surroundings),
    }
  );
}

/** The floor's host, but that actors meet the log as `change` makes it: each incarnation anew. */
export function withLog(
  change: (log: EventLog, parts: ActorSurroundings & { readonly role: string }) => EventLog,
): HostDecorator {
  return changing((actor) => ({
    ...actor,
    create: (surroundings) =>
      actor.create({
        ...surroundings,
        log: change(surroundings.log, { ...surroundings, role: actor.role }),
      }),
  }));
}

/** One decorator around the other. */
export function both(one: HostDecorator, other: HostDecorator): HostDecorator {
  return (host) => one(other(host));
}

function changing(change: <Options>(actor: HostedActor<Options>) => HostedActor<Options>) {
  return (host: ActorHost): ActorHost => ({
    kind: host.kind,
    start: (actor) => host.start(change(actor)),
  });
}
