/**
 * Reads sequence diagrams as Mermaid does: its own parser, in a process with packages of its own. It brings
 * a hundred of them, and whatever is in the tree's own lock file is fetched before anything runs.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** A diagram as it would be drawn. */
export interface SequenceDiagram {
  /** Names shown, in their order. */
  readonly participants: readonly string[];
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly text: string }[];
  readonly notes: readonly { readonly over: string; readonly text: string }[];
}

const PARSER = fileURLToPath(new URL("./mermaid_parser/", import.meta.url));

/** The diagrams that texts say, in their order. @throws {Error} where Mermaid refuses one */
export async function readMermaid(texts: readonly string[]): Promise<readonly SequenceDiagram[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-env",
      `--config=${PARSER}packages.json`,
      `${PARSER}main.ts`,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  const { success, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  assert.ok(success, `Mermaid refuses a diagram: ${decoder.decode(stderr)}`);
  // What its main.ts prints.
  return JSON.parse(decoder.decode(stdout)) as readonly SequenceDiagram[];
}
