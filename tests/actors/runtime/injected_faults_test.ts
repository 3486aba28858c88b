import assert from "node:assert/strict";
import { InjectedFaults } from "../../../actors/runtime/injected_faults.ts";

Deno.test("InjectedFaults.take() hands on what was begun before, and all that comes after", () => {
  const faults = new InjectedFaults();
  const told: string[] = [];
  const taker = {
    begin: ({ id }: { id: string }) => void told.push(`begin ${id}`),
    end: (id: string) => void told.push(`end ${id}`),
  };
  faults.begin({ id: "a" });
  faults.begin({ id: "b" });
  faults.end("a");
  faults.take(taker);
  faults.begin({ id: "c" });
  faults.end("b");
  faults.end("never begun");
  assert.deepEqual(told, ["begin b", "begin c", "end b"]);
  assert.deepEqual(faults.active, [{ id: "c" }]);
  assert.throws(() => faults.take(taker), /Cannot take the faults: somebody has them already/);
});
