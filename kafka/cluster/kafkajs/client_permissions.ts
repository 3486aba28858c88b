/**
 * What a worker with as little permission as possible needs for this client, besides the network.
 *
 * @module
 */

/** The environment variables that the library reads; unset, they are off. */
export const ENVIRONMENT_READ: readonly string[] = [
  "KAFKAJS_DEBUG_PROTOCOL_BUFFERS",
  "KAFKAJS_DEBUG_EXTENDED_PROTOCOL_BUFFERS",
];
