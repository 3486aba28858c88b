import assert from "node:assert/strict";
import { OrderTable } from "../../../../sim/auditor/evidence/order_table.ts";
import { Fingerprinter } from "../../../../sim/auditor/fingerprint.ts";
import { AuditMemory } from "../../../../sim/auditor/memory/audit_memory.ts";
import { TextPrints } from "../../../../sim/auditor/reading/text_prints.ts";

function printsOf(userId: string, orderId: string): TextPrints {
  const prints = new TextPrints();
  prints.take({ userId, orderId }, new Fingerprinter());
  return prints;
}

Deno.test("OrderTable finds the rows of numbers, usual and absurd ones", () => {
  using memory = new AuditMemory();
  const orders = new OrderTable(memory);
  const numbers = [0, 1, 6, 4_711, 2 ** 26 - 1, 2 ** 26, 2 ** 40, Number.MAX_SAFE_INTEGER];
  for (const number of numbers) assert.equal(orders.find(number), -1);
  numbers.forEach((number, row) => {
    assert.equal(orders.add(number, printsOf("ann", `o-${number}`)), row);
  });
  assert.equal(orders.size, numbers.length);
  numbers.forEach((number, row) => {
    assert.equal(orders.find(number), row);
    assert.equal(orders.add(number, printsOf("ben", "another")), row, "known");
    assert.equal(orders.number.get(row), number);
    assert.equal(orders.isNamed(row, printsOf("ann", `o-${number}`)), true);
    assert.equal(orders.isNamed(row, printsOf("ben", `o-${number}`)), false);
    assert.equal(orders.isNamed(row, printsOf("ann", "o-")), false);
    assert.equal(orders.isOwned(row, printsOf("ann", "any")), true);
    assert.equal(orders.isOwned(row, printsOf("ben", "any")), false);
  });
});
