import assert from "node:assert/strict";
import { type ByteStream, JsonLines } from "../../../sim/live/json_lines.ts";
import { LineError } from "../../../sim/live/text_lines.ts";

/** What comes, in pieces of `size` bytes; what is sent is kept. */
class Pieces implements ByteStream {
  readonly sent: string[] = [];
  isClosed = false;
  #left: Uint8Array;

  constructor(text: string, readonly size: number) {
    this.#left = new TextEncoder().encode(text);
  }

  read(into: Uint8Array): Promise<number | null> {
    const piece = this.#left.subarray(0, Math.min(this.size, into.length));
    this.#left = this.#left.subarray(piece.length);
    into.set(piece);
    return Promise.resolve(piece.length === 0 ? null : piece.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    const taken = bytes.subarray(0, this.size);
    this.sent.push(new TextDecoder().decode(taken));
    return Promise.resolve(taken.length);
  }

  close(): void {
    this.isClosed = true;
  }
}

Deno.test("JsonLines.values() finds the lines however the bytes are cut", async () => {
  const text = `{"user":"Zoë"}\r\n\n[1,2]\n"last"`;
  for (const size of [1, 2, 3, 100]) {
    const values = await Array.fromAsync(new JsonLines(new Pieces(text, size), 20).values());
    assert.deepEqual(values, [{ user: "Zoë" }, [1, 2], "last"]);
  }
});

Deno.test("JsonLines.values() refuses lines that are too long, with or without an end, and other text", async () => {
  for (const text of [`"${"x".repeat(20)}"\n`, "x".repeat(21), "no JSON\n"]) {
    const lines = new JsonLines(new Pieces(text, 7), 20);
    await assert.rejects(Array.fromAsync(lines.values()), LineError);
  }
});

Deno.test("JsonLines.send() writes whole lines in order, and nothing once it is closed", async () => {
  const pieces = new Pieces("", 4);
  const lines = new JsonLines(pieces, 20);
  await Promise.all([lines.send({ a: 1 }), lines.send(["b"])]);
  assert.equal(pieces.sent.join(""), `{"a":1}\n["b"]\n`);
  lines.close();
  lines.close();
  await lines.send("late");
  assert.equal(pieces.sent.join(""), `{"a":1}\n["b"]\n`);
  assert.ok(pieces.isClosed && lines.isClosed);
});
