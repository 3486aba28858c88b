import assert from "node:assert/strict";
import { instanceName, isProcessName, roleOfInstance } from "../../../actors/floor/instances.ts";
import { CONSUMER_ROLES } from "../../../actors/topology.ts";

Deno.test("roleOfInstance() reads back what instanceName() wrote, whatever the process is called", () => {
  for (const role of CONSUMER_ROLES) {
    for (const process of [undefined, "a", "host-1.example_2", "order-gateway-3"]) {
      assert.equal(roleOfInstance(instanceName(role, 12, process)), role);
    }
  }
  for (
    const other of ["floor", "trading-engine", "trading-engine-", "trading-engine-x", "meter-0"]
  ) {
    assert.equal(roleOfInstance(other), null, other);
  }
});

Deno.test("isProcessName() takes what a Kafka broker takes in an instance's name", () => {
  for (const name of ["a", "7", "host-1.example_2", "a".repeat(128)]) {
    assert.ok(isProcessName(name));
  }
  for (const name of ["", ".a", "a..b", "a/b", "a b", "é", "a".repeat(129)]) {
    assert.ok(!isProcessName(name), name);
  }
});
