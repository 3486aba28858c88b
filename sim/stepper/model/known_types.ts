/**
 * What a step can be a step on, by type: every message of the floor, every runtime event.
 *
 * @module
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { Message } from "../../../kafka/messages/mod.ts";

// Tables, so that the compiler asks for a type that is new.
const MESSAGES: Readonly<Record<Message["type"], true>> = {
  "place-order": true,
  "cancel-order": true,
  "open-account": true,
  "deposit": true,
  "settle-fill": true,
  "release-order": true,
  "floor-opened": true,
  "order-accepted": true,
  "cancel-requested": true,
  "account-opened": true,
  "account-rejected": true,
  "deposit-accepted": true,
  "deposit-rejected": true,
  "order-placed": true,
  "order-rejected": true,
  "order-filled": true,
  "order-cancelled": true,
  "cancel-accepted": true,
  "cancel-rejected": true,
  "cancel-missed": true,
  "intent": true,
  "intents-acknowledged": true,
  "price": true,
  "trade": true,
  "quote": true,
  "dead-letter": true,
};

const EVENTS: Readonly<Record<RuntimeEvent["kind"], true>> = {
  "starting": true,
  "ready": true,
  "assigned": true,
  "revoked": true,
  "recovered": true,
  "commit": true,
  "snapshot": true,
  "dead-letter": true,
  "fold-failed": true,
  "failure": true,
  "down": true,
  "restart": true,
  "give-up": true,
  "zombie": true,
  "zombie-ended": true,
  "undeliverable": true,
  "stopping": true,
  "fault": true,
  "log-unavailable": true,
  "log-available": true,
  "note": true,
};

/** What a filter's type may be; `malformed` for bytes that are no message. */
export const KNOWN_TYPES: readonly string[] = [
  ...new Set([...Object.keys(MESSAGES), "malformed", ...Object.keys(EVENTS)]),
];
