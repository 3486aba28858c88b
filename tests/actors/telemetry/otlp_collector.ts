/**
 * A collector of OpenTelemetry's protocol (OTLP over HTTP, as JSON) on loopback: keeps the spans.
 *
 * @module
 */

import { z } from "zod";

const valueSchema = z.object({
  stringValue: z.string().optional(),
  doubleValue: z.number().optional(),
  intValue: z.string().optional(),
});

const spanSchema = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string().transform(BigInt),
  endTimeUnixNano: z.string().transform(BigInt),
  attributes: z.array(z.object({ key: z.string(), value: valueSchema })),
  status: z.object({ code: z.number().default(0) }),
});

const exportSchema = z.object({
  resourceSpans: z.array(z.object({
    scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
  })),
});

/** A span as it was exported. */
export interface CollectedSpan extends Omit<z.output<typeof spanSchema>, "attributes"> {
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
}

/** Span kinds as OTLP numbers them. */
export const SPAN_KIND = { producer: 4, consumer: 5 } as const;

/** Listens until it is disposed of. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** Requests that were no export of spans as the protocol has it. */
  readonly faults: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#receive(request));
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #receive(request: Request): Promise<Response> {
    const body: unknown = await request.json();
    if (new URL(request.url).pathname === "/v1/traces") this.#keep(body);
    return Response.json({});
  }

  #keep(body: unknown): void {
    const parsed = exportSchema.safeParse(body);
    if (!parsed.success) {
      this.faults.push(parsed.error.message);
      return;
    }
    const spans = parsed.data.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) => scope.spans)
    );
    this.spans.push(...spans.map((span) => ({
      ...span,
      attributes: Object.fromEntries(
        span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue]),
      ),
    })));
  }
}
