import { faultyLog } from "../../../kafka/fault_injection/faulty_log.ts";
import { LogFaults } from "../../../kafka/fault_injection/log_faults.ts";
import { memoryFixture } from "../memory/fixtures.ts";
import { eventLogContract } from "../event_log_contract.ts";
import type { LogFixture } from "../log_fixture.ts";

eventLogContract("log without faults", async (): Promise<LogFixture> => {
  const fixture = await memoryFixture();
  const clock = { now: () => fixture.clock!.now(), sleep: () => Promise.resolve() };
  return { ...fixture, log: faultyLog(fixture.log, { faults: new LogFaults(), clock }) };
});
