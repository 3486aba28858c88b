/**
 * The messages that travel over the topics: schemas, types and codec.
 *
 * @module
 */

export * from "./codec.ts";
export * from "./commands.ts";
export * from "./dead_letters.ts";
export * from "./envelope.ts";
export * from "./floor_opened.ts";
export * from "./intents.ts";
export * from "./market_data.ts";
export * from "./notifications.ts";
export * from "./orders.ts";
