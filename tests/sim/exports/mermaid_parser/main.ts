/**
 * Reads sequence diagrams as Mermaid does, in a process of its own: texts as a JSON array come in, diagrams
 * as one go out. Mermaid's parser works without a page; drawing would need one.
 */

import { text as textOf } from "node:stream/consumers";
import process from "node:process";
import type { SequenceDiagram } from "../mermaid_reader.ts";

/** What is used of the package. */
interface Mermaid {
  /** @throws where Mermaid would show an error instead of a diagram */
  parse(text: string): Promise<unknown>;
  readonly mermaidAPI: {
    getDiagramFromText(text: string): Promise<{
      readonly type: string;
      readonly db: {
        getMessages(): readonly {
          readonly from?: string;
          readonly to?: string;
          readonly message: unknown;
          readonly type: number;
        }[];
        getActors(): ReadonlyMap<string, { readonly description: string }>;
      };
    }>;
  };
}

/** Not written where it is imported: the tree's own packages do not have it. */
const LIBRARY = "mermaid";

/** Mermaid's numbers of what a line is. */
const NOTE = 2;

/** The diagram that a text says. @throws {Error} where Mermaid refuses it */
async function read(text: string): Promise<SequenceDiagram> {
  // As the package's own types have it.
  const { default: mermaid } = await import(LIBRARY) as { readonly default: Mermaid };
  await mermaid.parse(text);
  const { type, db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  if (type !== "sequence") throw new Error(`The diagram is a ${type}`);
  const names = new Map(
    [...db.getActors()].map(([id, { description }]) => [id, shown(description)]),
  );
  const arrows: SequenceDiagram["arrows"][number][] = [];
  const notes: SequenceDiagram["notes"][number][] = [];
  for (const { from = "", to = "", message, type } of db.getMessages()) {
    const said = shown(String(message));
    if (type === NOTE) notes.push({ over: names.get(from) ?? from, text: said });
    else arrows.push({ from: names.get(from) ?? from, to: names.get(to) ?? to, text: said });
  }
  return { participants: [...names.values()], arrows, notes };
}

/** Entities are kept under signs of Mermaid's own until a text is drawn. */
function shown(text: string): string {
  return text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));
}

// What readMermaid() sends.
const texts = JSON.parse(await textOf(process.stdin)) as readonly string[];
const diagrams: SequenceDiagram[] = [];
for (const text of texts) diagrams.push(await read(text));
console.log(JSON.stringify(diagrams));
