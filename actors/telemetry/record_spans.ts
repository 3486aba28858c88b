/**
 * Spans of records that are folded: each is a child of the span that sent the record, and the parent
 * of what its outputs lead to. It ends when the outputs are acknowledged by the log.
 *
 * @module
 */

import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { LogRecord } from "../../kafka/event_log.ts";
import type { FoldCounters } from "../fold/partition_fold.ts";
import type { RecordTrace } from "../fold/record_trace.ts";
import { messageAttributes, OWN_LOG, SCOPE, textOf } from "./messaging_attributes.ts";
import { contextOf, headersOf, type TraceHeaders } from "./trace_headers.ts";

/** Whose records they are. */
export interface RecordSpansOptions {
  /** The consumer group: the role. */
  readonly group: string;
  /** What the log calls itself; default `outcry`. */
  readonly system?: string | undefined;
}

/** Spans of one partition's records, from their fold until they are published. */
export class RecordSpans {
  readonly #options: RecordSpansOptions;
  readonly #tracer = trace.getTracer(SCOPE);
  /** By offset. As many as records are folded between two publishes at most. */
  readonly #open = new Map<number, RecordSpan>();

  constructor(options: RecordSpansOptions) {
    this.#options = options;
  }

  /**
   * Begins a record's span, or takes it up again when the record is folded again before its outputs
   * were published; undefined for a record that no span sent.
   */
  begin(record: LogRecord): RecordTrace | undefined {
    const known = this.#open.get(record.offset);
    if (known !== undefined) return known;
    const parent = contextOf(record.headers);
    if (parent === null) return undefined;
    const attributes = this.#attributesOf(record);
    const name = `process ${record.topic}`;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent);
    const begun = new RecordSpan(span, headersOf(trace.setSpan(parent, span)));
    this.#open.set(record.offset, begun);
    return begun;
  }

  /** The fold threw on a record. */
  failed(record: LogRecord, error: unknown): void {
    this.#open.get(record.offset)?.failed(error);
  }

  /** Everything folded so far is published, or somebody else's now: its spans end. */
  endAll(): void {
    for (const span of this.#open.values()) span.end();
    this.#open.clear();
  }

  #attributesOf({ topic, partition, offset, key }: LogRecord): Attributes {
    const { group, system = OWN_LOG } = this.#options;
    return {
      "messaging.system": system,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": topic,
      "messaging.destination.partition.id": String(partition),
      "messaging.consumer.group.name": group,
      "messaging.kafka.offset": offset,
      ...(key === null ? {} : { "messaging.kafka.message.key": key }),
    };
  }
}

/** What a record may turn out to be besides a message that is folded, and whether that is a fault. */
const OUTCOMES: Readonly<Partial<Record<keyof FoldCounters, { readonly isFault: boolean }>>> = {
  repeats: { isFault: false },
  malformed: { isFault: true },
  refused: { isFault: true },
  skipped: { isFault: true },
};

class RecordSpan implements RecordTrace {
  readonly headers: TraceHeaders;
  readonly #span: Span;
  readonly #isSampled: boolean;
  #outputs = 0;
  #hasOutcome = false;

  constructor(span: Span, headers: TraceHeaders) {
    this.#span = span;
    this.headers = headers;
    this.#isSampled = (span.spanContext().traceFlags & 1) === 1;
  }

  decoded(message: object): void {
    if (this.#isSampled) this.#span.setAttributes(messageAttributes(message));
  }

  emitted(topic: string, body: object): void {
    if (!this.#isSampled) return;
    this.#outputs++;
    const outcome = textOf(body, "type");
    // The first notification is the answer, or the first of what befell the order.
    if (this.#hasOutcome || topic !== "notifications" || outcome === null) return;
    this.#hasOutcome = true;
    this.#span.setAttribute("outcry.outcome", outcome);
    const reason = textOf(body, "reason");
    if (reason !== null) this.#span.setAttribute("outcry.reject.reason", reason);
  }

  counted(what: keyof FoldCounters): void {
    const outcome = OUTCOMES[what];
    if (outcome === undefined || !this.#isSampled) return;
    this.#hasOutcome = true;
    this.#span.setAttribute("outcry.outcome", what);
    if (outcome.isFault) this.#span.setStatus({ code: SpanStatusCode.ERROR, message: what });
  }

  failed(error: unknown): void {
    if (!this.#isSampled) return;
    const message = String(error);
    this.#span.recordException(error instanceof Error ? error : message);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  end(): void {
    if (this.#isSampled) this.#span.setAttribute("outcry.outputs", this.#outputs);
    this.#span.end();
  }
}
