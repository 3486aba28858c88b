import { cleaningContract } from "../cleaning_contract.ts";
import { eventLogContract } from "../event_log_contract.ts";
import { latencyFixture, machineFixture, memoryFixture } from "./fixtures.ts";

eventLogContract("memory log in the machine's time", machineFixture);
eventLogContract("memory log in virtual time", memoryFixture);
eventLogContract("memory log with latencies of seed 1", () => latencyFixture(1));
cleaningContract("memory log", memoryFixture);
