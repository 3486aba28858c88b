/**
 * Reads sequence diagrams as Mermaid does. Its parser works without a page; drawing would need one. Pinned
 * here instead of in `deno.json`, whose packages are fetched before anything runs: it brings a hundred.
 */

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

const LIBRARY = "npm:mermaid@12.3.0";

/** Mermaid's numbers of what a line is. */
const NOTE = 2;

/** A diagram as it would be drawn. */
export interface SequenceDiagram {
  /** Names shown, in their order. */
  readonly participants: readonly string[];
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly text: string }[];
  readonly notes: readonly { readonly over: string; readonly text: string }[];
}

/** The diagram that a text says. @throws {Error} where Mermaid refuses it */
export async function readMermaid(text: string): Promise<SequenceDiagram> {
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
