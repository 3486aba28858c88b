import assert from "node:assert/strict";
import { z } from "zod";
import { type CollectedSpan, OtlpCollector, SPAN_KIND } from "./otlp_collector.ts";

const PLAY = new URL("./traced_floor.ts", import.meta.url).pathname;

const recordsSchema = z.array(z.object({
  topic: z.string(),
  text: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
}));

/** Plays a floor in a process of its own. @returns the records of its log */
async function play(environment: Readonly<Record<string, string>>, ...mishap: readonly string[]) {
  const directory = await Deno.makeTempDir();
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ..."run --no-prompt --no-check --allow-read --allow-write".split(" "),
        PLAY,
        directory,
        ...mishap,
      ],
      env: { ...environment },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return recordsSchema.parse(JSON.parse(new TextDecoder().decode(stdout)));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function tracing(collector: OtlpCollector) {
  return {
    OTEL_DENO: "true",
    OTEL_DENO_CONSOLE: "ignore",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  };
}

interface TracedPlay {
  readonly spans: readonly CollectedSpan[];
  readonly records: z.output<typeof recordsSchema>;
}

let traced: Promise<TracedPlay> | null = null;

/** A floor that was played with tracing on; the same for all tests that look at one. */
function tracedPlay(): Promise<TracedPlay> {
  return traced ??= (async () => {
    await using collector = new OtlpCollector();
    const records = await play(tracing(collector));
    assert.deepEqual(collector.faults, []);
    return { spans: collector.spans, records };
  })();
}

/** Spans of the trace that an order's command began. */
function traceOf(spans: readonly CollectedSpan[], correlationId: string): readonly CollectedSpan[] {
  const sent = spans.filter(({ name, attributes }) =>
    name === "send order-commands" &&
    attributes["messaging.message.conversation_id"] === correlationId
  );
  assert.equal(sent.length, 1, `one send of ${correlationId}`);
  return spans.filter(({ traceId }) => traceId === sent[0]!.traceId);
}

function one(
  spans: readonly CollectedSpan[],
  group: string,
  parent: CollectedSpan,
  type: string,
): CollectedSpan {
  const found = spans.filter(({ attributes, parentSpanId }) =>
    attributes["messaging.consumer.group.name"] === group && parentSpanId === parent.spanId &&
    attributes["outcry.message.type"] === type
  );
  assert.equal(found.length, 1, `one span of ${group} for ${type} below ${parent.name}`);
  return found[0]!;
}

function root(spans: readonly CollectedSpan[]): CollectedSpan {
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === "");
  assert.equal(roots.length, 1);
  return roots[0]!;
}

Deno.test("a traced floor makes one trace of an order, from its producer through every worker", async () => {
  const { spans } = await tracedPlay();
  const trace = traceOf(spans, "bob/b1");
  const sent = root(trace);
  assert.equal(sent.name, "send order-commands");
  assert.equal(sent.kind, SPAN_KIND.producer);
  const judged = one(trace, "order-gateway", sent, "place-order");
  const matched = one(trace, "trading-engine", judged, "order-accepted");
  one(trace, "portfolio-manager", judged, "order-placed");
  const filled = trace.filter(({ name, parentSpanId }) =>
    parentSpanId === matched.spanId && name === "process notifications"
  );
  assert.equal(filled.length, 2, "a fill for each side's portfolio");
  const settled = trace.filter(({ name, parentSpanId }) =>
    parentSpanId === matched.spanId && name === "process order-commands"
  );
  assert.equal(settled.length, 2, "a settlement for each side's cash");
  const known = new Set(trace.map(({ spanId }) => spanId));
  for (const span of trace) {
    assert.ok(span === sent || known.has(span.parentSpanId), `${span.name} has its parent`);
    assert.ok(span.startTimeUnixNano <= span.endTimeUnixNano);
    if (span !== sent) assert.equal(span.kind, SPAN_KIND.consumer);
  }
});

Deno.test("spans carry the conventions' attributes for messaging and those of the order", async () => {
  const { spans } = await tracedPlay();
  const trace = traceOf(spans, "bob/b1");
  const { attributes, status } = one(trace, "order-gateway", root(trace), "place-order");
  const { "messaging.message.id": id, "messaging.kafka.offset": offset, ...others } = attributes;
  assert.match(String(id), /^floor\/\d+$/);
  assert.equal(typeof offset, "number");
  assert.match(String(others["messaging.destination.partition.id"]), /^\d+$/);
  assert.deepEqual({ ...others, "messaging.destination.partition.id": "" }, {
    "messaging.system": "outcry",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "order-commands",
    "messaging.destination.partition.id": "",
    "messaging.consumer.group.name": "order-gateway",
    "messaging.kafka.message.key": "bob",
    "messaging.message.conversation_id": "bob/b1",
    "outcry.message.type": "place-order",
    "outcry.user.id": "bob",
    "outcry.order.id": "b1",
    "outcry.symbol": "AAPL",
    "outcry.outcome": "order-placed",
    "outcry.outputs": 2,
  });
  assert.equal(status.code, 0);
  const refused = traceOf(spans, "bob/b2");
  const judged = one(refused, "order-gateway", root(refused), "place-order");
  assert.equal(judged.attributes["outcry.outcome"], "order-rejected");
  assert.equal(judged.attributes["outcry.reject.reason"], "unknown-symbol");
  assert.equal(judged.status.code, 0, "a refusal is a right answer");
});

Deno.test("recovery makes no spans: what was folded before a crash is not traced again", async () => {
  await using collector = new OtlpCollector();
  await play(tracing(collector), "crash");
  const trace = traceOf(collector.spans, "alice/a1");
  const accepted = trace.filter(({ attributes }) =>
    attributes["messaging.consumer.group.name"] === "trading-engine"
  );
  assert.equal(accepted.length, 1);
  const after = traceOf(collector.spans, "bob/b1");
  assert.ok(after.some(({ attributes }) => attributes["outcry.message.type"] === "order-filled"));
});

Deno.test("headers are all that tracing changes: values are the same without it, and carry none", async () => {
  const { records: traced } = await tracedPlay();
  const plain = await play({ OTEL_DENO: "false" });
  assert.ok(traced.some(({ headers }) => "traceparent" in headers));
  assert.ok(plain.every(({ headers }) => Object.keys(headers).length === 0));
  const shapeOf = (records: typeof plain) =>
    records.filter(({ topic }) => topic !== "snapshots").map(({ topic, text }) => ({
      topic,
      text: text?.replaceAll(/\b1\d{12}(\.\d+)?\b/g, "TIME"),
    }));
  assert.deepEqual(shapeOf(traced), shapeOf(plain));
});

Deno.test("a trace that is not sampled keeps its headers and exports no span", async () => {
  await using collector = new OtlpCollector();
  const records = await play({ ...tracing(collector), OTEL_TRACES_SAMPLER: "always_off" });
  const orders = records.filter(({ topic }) => topic === "orders");
  const traced = orders.filter(({ headers }) => "traceparent" in headers);
  assert.ok(traced.length > 0);
  for (const { headers } of traced) assert.match(headers["traceparent"] ?? "", /-00$/);
  assert.deepEqual(collector.spans, []);
});
