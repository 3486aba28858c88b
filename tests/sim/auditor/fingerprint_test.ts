import assert from "node:assert/strict";
import { Fingerprinter } from "../../../sim/auditor/fingerprint.ts";

Deno.test("Fingerprinter tells texts and bytes apart that differ in one place, or in the seed", () => {
  for (const length of [1, 2, 3, 4, 5, 8, 401]) {
    const prints = new Set<string>();
    const keep = ({ low, high }: Fingerprinter) => prints.add(`${low} ${high}`);
    const print = new Fingerprinter();
    const text = "x".repeat(length);
    const bytes = new TextEncoder().encode(text);
    keep(print.ofText(text));
    keep(print.ofText(text, 1));
    keep(print.ofText(text + "\u0000"));
    keep(print.ofBytes(bytes));
    keep(print.ofBytes(bytes, 1));
    for (let at = 0; at < length; at++) {
      keep(print.ofText(`${text.slice(0, at)}y${text.slice(at + 1)}`));
      keep(print.ofBytes(bytes.with(at, 0x79)));
    }
    assert.equal(prints.size, 5 + 2 * length);
    const shifted = new Uint8Array([0, ...bytes]).subarray(1);
    keep(print.ofBytes(shifted));
    assert.equal(prints.size, 5 + 2 * length);
  }
});

Deno.test("Fingerprinter tells contents apart by each of its halves alone", () => {
  for (const length of [15, 16, 17, 350]) {
    const bytes = new TextEncoder().encode("0123456789".repeat(35).slice(0, length));
    const text = new TextDecoder().decode(bytes);
    const print = new Fingerprinter();
    const halves = { low: new Set<number>(), high: new Set<number>() };
    const keep = ({ low, high }: Fingerprinter) => {
      halves.low.add(low);
      halves.high.add(high);
    };
    for (let at = 0; at < length; at++) {
      keep(print.ofBytes(bytes.with(at, 0x79)));
      keep(print.ofText(`${text.slice(0, at)}y${text.slice(at + 1)}`));
    }
    assert.deepEqual([halves.low.size, halves.high.size], [2 * length, 2 * length]);
  }
});

Deno.test("Fingerprinter takes the same of a text and of its bytes in UTF-8, wherever they stand", () => {
  const [ofText, ofBytes] = [new Fingerprinter(), new Fingerprinter()];
  for (const text of ["", "a", "abc", "abcd", "user-1234567", "\u0000\u007f", "é", "数字 and 😀"]) {
    const bytes = new TextEncoder().encode(`xyz${text}"`);
    const view = new DataView(bytes.buffer);
    for (const seed of [0, 7]) {
      ofText.ofText(text, seed);
      ofBytes.ofTextIn(view, 3, bytes.length - 1, seed);
      assert.deepEqual([ofBytes.low, ofBytes.high], [ofText.low, ofText.high], text);
    }
  }
});

Deno.test("Fingerprinter tells texts apart that UTF-8 cannot", () => {
  const prints = ["\ud800", "\ud801", "\udc00", "\ufffd", "a\ud800", "\ud800a"].map((text) => {
    const { low, high } = new Fingerprinter().ofText(text);
    return `${low} ${high}`;
  });
  assert.equal(new Set(prints).size, prints.length);
});

Deno.test("Fingerprinter.then() depends on what came before, what follows, and their order", () => {
  const prints = new Set<string>();
  const keep = ({ low, high }: Fingerprinter) => prints.add(`${low} ${high}`);
  const of = (text: string) => new Fingerprinter().ofText(text);
  const steps: readonly ((print: Fingerprinter) => Fingerprinter)[] = [
    (print) => print,
    (print) => print.then(1),
    (print) => print.then(2),
    (print) => print.then(1, 1),
    (print) => print.then(0, 1),
    (print) => print.then(1).then(2),
    (print) => print.then(2).then(1),
    (print) => print.thenNumber(1.5),
    (print) => print.thenNumber(-1),
    (print) => print.thenNumber(2 ** 40),
    (print) => print.thenNumber(2 ** 40 + 1),
    (print) => print.thenText("1"),
    (print) => print.thenText("2"),
    (print) => print.thenText(""),
  ];
  for (const text of ["a", "b", ""]) for (const step of steps) keep(step(of(text)));
  assert.equal(prints.size, 3 * steps.length);
});
