/**
 * Spans of commands that are sent: where the trace of an order begins. A span lasts from the intent
 * to the log's acknowledgement of the command.
 *
 * @module
 */

import {
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OWN_LOG, SCOPE } from "./messaging_attributes.ts";
import { headersOf, type TraceHeaders } from "./trace_headers.ts";

/** Where commands go. */
const TOPIC = "order-commands";

/** What a send is told of. */
export interface SentCommand {
  readonly id: string;
  readonly correlationId: string;
  /** The record's key: the user. */
  readonly key: string;
  readonly partition: number;
  /** What {@link SendSpans.present} gave when the command was asked for; null: the trace begins here. */
  readonly sentIn: SendContext | null;
}

/** The span that was active when a command was asked for. Opaque to whoever carries it. */
export type SendContext = Context;

/** Spans of one producer's sends. */
export class SendSpans {
  readonly #producer: string;
  readonly #system: string;
  readonly #tracer = trace.getTracer(SCOPE);
  #open: Span[] = [];

  constructor({ producer, system = OWN_LOG }: {
    readonly producer: string;
    readonly system?: string | undefined;
  }) {
    this.#producer = producer;
    this.#system = system;
  }

  /** The caller's span, of which commands that it asks for become children. */
  present(): SendContext {
    return context.active();
  }

  /** Begins a command's span. @returns the headers that its record carries */
  begin({ id, correlationId, key, partition, sentIn }: SentCommand): TraceHeaders {
    const parent = sentIn ?? context.active();
    const span = this.#tracer.startSpan(`send ${TOPIC}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        "messaging.system": this.#system,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": TOPIC,
        "messaging.destination.partition.id": String(partition),
        "messaging.client.id": this.#producer,
        "messaging.message.id": id,
        "messaging.message.conversation_id": correlationId,
        "messaging.kafka.message.key": key,
        "outcry.user.id": key,
      },
    }, parent);
    this.#open.push(span);
    return headersOf(trace.setSpan(parent, span));
  }

  /** The commands begun are in the log. */
  endAll(): void {
    for (const span of this.#open.splice(0)) span.end();
  }

  /** It is not known whether they are. */
  failAll(error: unknown): void {
    const message = String(error);
    for (const span of this.#open.splice(0)) {
      span.recordException(error instanceof Error ? error : message);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      span.end();
    }
  }
}
