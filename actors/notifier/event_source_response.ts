/**
 * A subscription as server-sent events (WHATWG HTML, "Server-sent events").
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import { DisconnectedError } from "./live_queue.ts";
import type { Subscription } from "./notification_hub.ts";
import type { DeliveredNotification } from "./user_notifications.ts";

/** A comment is sent when nothing else was for so long, so that both sides notice a dead connection. */
export const HEARTBEAT_MS = 15_000;

/** How long a client that was disconnected has to take the reason. */
export const DISCONNECT_GRACE_MS = 2_000;

/** What clients are told to wait before they come again. */
const RETRY_MS = 1_000;

const encoder = new TextEncoder();

/** What a stream of events works with. */
export interface EventSourceOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Aborts when the stream is over. */
  readonly over: AbortController;
}

/** The response that tells a subscription's notifications until either side ends it. */
export function eventSourceResponse(
  subscription: Subscription,
  options: EventSourceOptions,
): Response {
  return new Response(eventSourceBody(subscription, options), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function eventSourceBody(
  { batches, disconnected }: Subscription,
  { clock, heartbeatMs, over }: EventSourceOptions,
): ReadableStream<Uint8Array> {
  let next: ReturnType<typeof batches.next> | null = null;
  let ended = false;
  let drop = () => {};

  /** Lets the hub forget the subscriber, whether it waits for something or something waits for it. */
  function release(): void {
    over.abort();
    // Rejections belong to the step under way, which has been given up.
    batches.return().catch(() => {});
  }

  function end(controller: ReadableStreamDefaultController<Uint8Array>, reason: unknown): void {
    if (ended) return;
    ended = true;
    release();
    if (reason instanceof DisconnectedError) controller.enqueue(disconnectEvent(reason));
    controller.close();
    if (!disconnected.aborted) return;
    const why = reason instanceof Error ? reason.message : "over";
    // A client that takes nothing would never take the end either; erroring drops the connection.
    const grace = new AbortController();
    drop = () => grace.abort();
    clock.sleep(DISCONNECT_GRACE_MS, grace.signal).then(() => controller.error(why));
  }

  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      disconnected.addEventListener("abort", () => end(controller, disconnected.reason));
      over.signal.addEventListener("abort", () => end(controller, null));
    },
    async pull(controller) {
      next ??= batches.next();
      const step = await orHeartbeat(next, { clock, heartbeatMs }).catch((error) => ({ error }));
      if (ended) return;
      if (step === null) return controller.enqueue(encoder.encode(": still here\n\n"));
      if ("error" in step) return end(controller, step.error);
      next = null;
      if (step.done) return end(controller, null);
      controller.enqueue(encoder.encode(step.value.map(formatEvent).join("")));
    },
    cancel() {
      ended = true;
      drop();
      release();
    },
  });
}

/** The step, or null when it is not there before a heartbeat is due. */
async function orHeartbeat<T>(
  step: Promise<T>,
  { clock, heartbeatMs }: { readonly clock: Clock; readonly heartbeatMs: number },
): Promise<T | null> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      step,
      clock.sleep(heartbeatMs, settled.signal).then(() => null),
    ]);
  } finally {
    settled.abort();
  }
}

/** The notification as an event. JSON has no raw line breaks, so one data line holds it. */
function formatEvent({ id, notification }: DeliveredNotification): string {
  return `id: ${id}\nevent: ${notification.type}\ndata: ${JSON.stringify(notification)}\n\n`;
}

function disconnectEvent({ reason, message }: DisconnectedError): Uint8Array {
  return encoder.encode(
    `event: disconnected\ndata: ${JSON.stringify({ reason, message })}\n\n`,
  );
}
