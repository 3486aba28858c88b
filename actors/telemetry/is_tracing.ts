/**
 * Whether this thread's process makes traces. Without it no module of OpenTelemetry is loaded.
 *
 * @module
 */

/** Where OpenTelemetry's API keeps what was registered with it, whichever of its versions asks. */
const REGISTRATION = Symbol.for("opentelemetry.js.api.1");

/**
 * With `OTEL_DENO=true` Deno registers itself as the tracer in every thread, workers included, before
 * any module of ours runs. Looking there needs no permission, which workers have not got.
 */
export const isTracing: boolean = REGISTRATION in globalThis;
