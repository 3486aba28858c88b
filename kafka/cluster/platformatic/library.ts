/**
 * The library, loaded as a worker with few permissions can load it.
 *
 * @module
 */

// The order matters.
import "./environment_hidden.ts";
export * from "@platformatic/kafka";
import "./environment_shown.ts";
