import assert from "node:assert/strict";
import { keyOf, type KeyPress } from "../../../../sim/stepper/screen/key.ts";

function named(typed: string | undefined, press: KeyPress): string | undefined {
  return keyOf(typed, press)?.name;
}

Deno.test("keyOf() names what types a character by it, and the others by what they are called", () => {
  assert.deepEqual(keyOf("N", { name: "n", shift: true }), { name: "N", text: "N" });
  assert.deepEqual(keyOf(" ", { name: "space" }), { name: " ", text: " " });
  assert.deepEqual(keyOf("/", {}), { name: "/", text: "/" });
  assert.deepEqual(keyOf("東", {}), { name: "東", text: "東" });
  assert.deepEqual(keyOf(undefined, { name: "up" }), { name: "up", text: "" });
  assert.equal(named("\r", { name: "return" }), "return");
  assert.equal(named("\n", { name: "enter" }), "return");
  assert.equal(named("\u0003", { name: "c", ctrl: true }), "ctrl-c");
  assert.equal(named("\u001b", { name: "escape", meta: true }), "escape");
  assert.equal(named(undefined, { name: "tab", shift: true }), "shift-tab");
  assert.equal(named("\u001bb", { name: "left", meta: true }), "alt-left");
});

Deno.test("keyOf() gives nothing for a sequence that nobody knows", () => {
  assert.equal(keyOf("\u001b[?1;2c", { name: "undefined" }), null);
  assert.equal(keyOf(undefined, {}), null);
});
