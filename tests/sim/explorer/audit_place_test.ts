import assert from "node:assert/strict";
import { makeAuditPlace } from "../../../sim/explorer/audit_place.ts";

Deno.test("makeAuditPlace() makes a folder of its own each time, and takes it away with what is in it", () => {
  let folder = "";
  {
    using place = makeAuditPlace();
    using other = makeAuditPlace();
    folder = place.folder;
    assert.notEqual(folder, other.folder);
    Deno.writeTextFileSync(`${folder}/a`, "b");
  }
  assert.throws(() => Deno.statSync(folder), Deno.errors.NotFound);
});
