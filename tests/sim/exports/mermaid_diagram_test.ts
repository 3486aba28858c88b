/** Diagrams, read back by Mermaid's own parser. */

import assert from "node:assert/strict";
import { visibleText } from "../../../sim/actor_log/visible_text.ts";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { tellOrder } from "../../../sim/explain/tell_order.ts";
import { MAX_DIAGRAM_CHARACTERS, mermaidDiagram } from "../../../sim/exports/mermaid_diagram.ts";
import { mermaidText } from "../../../sim/exports/mermaid_text.ts";
import { StagedFloor } from "../explain/staged_floor.ts";
import { readMermaid } from "./mermaid_reader.ts";

async function diagramOf(log: ActorLog, userId: string, orderId: string): Promise<string> {
  return mermaidDiagram(await tellOrder(log, { userId, orderId }, { limit: 1_000 })).join("\n");
}

Deno.test("mermaidDiagram() shows who sent what to whom, and what was decided", async () => {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(100).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(120).order("alice/a1", { side: "sell", quantity: 3, price: 150 });
  await floor.at(130).dies("trading-engine", { committed: 2 });
  await using log = await floor.run();
  const [diagram] = await readMermaid([await diagramOf(log, "alice", "a1")]);
  const { participants, arrows, notes } = diagram!;
  assert.deepEqual(participants, [
    "order-command-producer",
    "order-gateway-0",
    "trading-engine-0",
    "portfolio-manager-0",
    "notifier-0",
    "user alice",
  ]);
  const between = arrows.map(({ from, to, text }) =>
    [from, to, ...text.match(/^(again, )?[a-z-]+\/\d+\/\d+/)?.slice(0, 1) ?? ["told"]].join(" ")
  );
  for (
    const arrow of [
      "order-command-producer order-gateway-0 order-commands/0/4",
      "order-gateway-0 trading-engine-0 orders/0/2",
      "order-gateway-0 portfolio-manager-0 notifications/0/4",
      "trading-engine-0 order-gateway-0 order-commands/0/5",
      "notifier-0 user alice told",
      "trading-engine-0 portfolio-manager-0 again, notifications/0/7",
    ]
  ) assert.ok(between.includes(arrow), `${arrow} is not among\n${between.join("\n")}`);
  const told = between.filter((arrow) => arrow.endsWith("told"));
  assert.equal(told.length, 2, "a repeat reaches no user");
  const said = notes.map(({ over, text }) => `${over}: ${text}`);
  assert.equal(said[0], "order-command-producer: Order a1 of user alice");
  for (
    const start of [
      "trading-engine-0: Sold all 3 AAPL for alice's order a1 at 160.00",
      "trading-engine-0: +130.0 ms, trading-engine-0:1 failed",
      "trading-engine-0: orders/0/2 was not committed, so trading-engine-0:2 folded it again",
      "portfolio-manager-0: Booked for alice: sold 3 AAPL at 160.00",
    ]
  ) {
    assert.ok(
      said.some((note) => note.startsWith(start)),
      `${start} is not in\n${said.join("\n")}`,
    );
  }
});

Deno.test("mermaidText() lets nothing that a user wrote be more than text", async () => {
  const texts = [
    "a;b",
    "end",
    "x\nend\nloop y",
    "%%{init: {}}%%",
    "%% comment",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "#59;",
    "a: b: c",
    "style x:#a; y",
    "classDef a:#b;",
    "wrap: x",
    "nowrap:y",
    "-->>p2: hi",
    "\u202eabc\u001b[2J",
    "participant z",
    "+x",
    "@{ x }",
    " ",
    "",
    "ﬂ°°59¶ß",
    "🙂 Zoë",
    "\\n",
    "title",
    "accTitle: x",
  ];
  const diagrams = await readMermaid(texts.map((text) => {
    const escaped = mermaidText(text, 100);
    return [
      "sequenceDiagram",
      `  participant p1 as ${escaped}`,
      `  p1->>p1: ${escaped}`,
      `  Note over p1: ${escaped}`,
    ].join("\n");
  }));
  for (const [i, text] of texts.entries()) {
    const expected = visibleText(text).trim() === "" ? " " : visibleText(text);
    assert.deepEqual(diagrams[i], {
      participants: [expected],
      arrows: [{ from: expected, to: expected, text: expected }],
      notes: [{ over: expected, text: expected }],
    }, JSON.stringify(text));
  }
});

Deno.test("mermaidDiagram() keeps within what Mermaid takes, and says what is left out", async () => {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 1_000 });
  await floor.at(20).opens("b;ob\u202e", 1_000_000);
  await floor.at(100).sends("b;ob\u202e/b1", { side: "buy", quantity: 100, price: 160 });
  for (let n = 0; n < 12; n++) {
    await floor.at(200 + n).sends(`alice/a${n}`, { side: "sell", quantity: 1, price: 150 });
  }
  await floor.serveAll();
  await using log = await floor.run();
  const story = await tellOrder(log, { userId: "b;ob\u202e", orderId: "b1" });
  const text = mermaidDiagram(story, { maxCharacters: 4_000 }).join("\n");
  assert.ok(text.length < 4_500 && text.length > 3_000, `${text.length}`);
  assert.ok(MAX_DIAGRAM_CHARACTERS < 50_000, "what Mermaid takes unless told otherwise");
  const [diagram] = await readMermaid([text]);
  const { participants, notes } = diagram!;
  assert.equal(participants.at(-1), "user b;ob\\u{202e}");
  assert.match(notes.at(-1)!.text, /^\d+ more records left out$/);
});
