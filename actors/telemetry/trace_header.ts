/**
 * The one header that everything about tracing turns on.
 *
 * @module
 */

/** W3C Trace Context: version, trace, parent span, and whether it is sampled. */
export const TRACE_HEADER = "traceparent";
