import assert from "node:assert/strict";
import { lazyModule } from "../../actors/lazy_module.ts";

Deno.test("lazyModule() loads when it is first asked, and has the module at hand from then on", async () => {
  let loads = 0;
  const module = lazyModule(() => Promise.resolve({ load: ++loads }));
  assert.equal(loads, 0);
  assert.deepEqual(await module(), { load: 1 });
  assert.deepEqual(module(), { load: 1 }, "no promise: nothing is left to wait for");
  assert.equal(loads, 1);
});
