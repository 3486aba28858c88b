/**
 * A subscription over a WebSocket: every notification is one text frame, `{"id":...,"notification":...}`.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";
import { DisconnectedError } from "./live_queue.ts";
import type { Subscription } from "./notification_hub.ts";

/** Bytes that may wait in a socket before the session waits for its peer. */
export const MAX_SOCKET_BYTES = 1024 * 1024;

/** How often a session looks whether its peer has taken something. */
const DRAIN_CHECK_MS = 20;

/** Longest reason that a close frame has room for, in bytes. */
const MAX_REASON_BYTES = 123;

/** Close codes of RFC 6455 and its registry. */
const CLOSE = { goingAway: 1001, unacceptable: 1003, tryAgainLater: 1013 } as const;

/** What a session works with. */
export interface WebSocketSessionOptions {
  readonly clock: Clock;
  /** Aborts when the session is over. */
  readonly over: AbortController;
}

/** Tells a subscription's notifications until either side ends the session. */
export function serveWebSocket(
  socket: WebSocket,
  subscription: Subscription,
  { clock, over }: WebSocketSessionOptions,
): void {
  const end = () => over.abort();
  socket.onclose = end;
  // An error is followed by a close event.
  socket.onerror = (event) => event.preventDefault();
  socket.onmessage = () => close(socket, CLOSE.unacceptable, "this stream takes no messages");
  // At once, also while the session waits for its peer to take what was sent.
  subscription.disconnected.addEventListener(
    "abort",
    () => closeFor(socket, subscription.disconnected.reason),
  );
  over.signal.addEventListener("abort", () => close(socket, CLOSE.goingAway, "over"));
  socket.onopen = () => {
    tell(socket, subscription, { clock, signal: over.signal })
      .catch((error) => closeFor(socket, error))
      .finally(end);
  };
}

async function tell(
  socket: WebSocket,
  { batches }: Subscription,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  for await (const batch of batches) {
    for (const delivered of batch) {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify(delivered));
    }
    while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > MAX_SOCKET_BYTES) {
      await clock.sleep(DRAIN_CHECK_MS, signal);
      if (signal.aborted) return;
    }
  }
}

function closeFor(socket: WebSocket, error: unknown): void {
  if (!(error instanceof DisconnectedError)) return close(socket, CLOSE.tryAgainLater, "failed");
  const code = error.reason === "stopping" ? CLOSE.goingAway : CLOSE.tryAgainLater;
  close(socket, code, `${error.reason}: ${error.message}`);
}

function close(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState >= WebSocket.CLOSING) return;
  // Our messages are ASCII, but a log's error may quote anything.
  const bytes = new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES);
  socket.close(code, new TextDecoder().decode(bytes).replaceAll("\ufffd", ""));
}
