/**
 * Traces across actors: the context of a span as headers of a record (W3C Trace Context).
 *
 * @module
 */

import { type Context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { RecordToPublish } from "../../kafka/event_log.ts";
import { TRACE_HEADER } from "./trace_header.ts";

/** Headers of a record. */
export type TraceHeaders = NonNullable<RecordToPublish["headers"]>;

/** The headers by which what follows from a span is found to be its child. */
export function headersOf(context: Context): TraceHeaders {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers);
  return headers;
}

/** The context that a record was sent in; null when it carries none that is well formed. */
export function contextOf(headers: TraceHeaders): Context | null {
  // Nearly all records without a trace are told by this, without a look at their other headers.
  if (headers[TRACE_HEADER] === undefined) return null;
  const context = propagation.extract(ROOT_CONTEXT, headers);
  return trace.getSpanContext(context) === undefined ? null : context;
}
