import assert from "node:assert/strict";
import fc from "fast-check";
import { LineBuffer } from "../../../../sim/actor_log/index/line_buffer.ts";

const encoder = new TextEncoder();

Deno.test("LineBuffer.take() gives the lines that were written, and begins anew", () => {
  const texts = fc.string({ unit: "binary", maxLength: 300 })
    .map((text) => text.replaceAll("\n", "").toWellFormed());
  const lines = fc.array(fc.tuple(texts, fc.maxSafeNat()), { maxLength: 400 });
  const buffer = new LineBuffer();
  fc.assert(fc.property(lines, (written) => {
    for (const [text, number] of written) {
      const bytes = encoder.encode(`..${text}.`);
      buffer.add(bytes, 2, bytes.length - 1);
      buffer.addByte(0x7f);
      buffer.addNumber(number);
      buffer.endLine();
    }
    assert.equal(buffer.count, written.length);
    assert.deepEqual(buffer.take(), written.map(([text, number]) => `${text}\x7f${number}`));
    assert.equal(buffer.count, 0);
  }));
});
