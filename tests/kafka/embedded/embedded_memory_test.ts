import { eventLogContract } from "../event_log_contract.ts";
import { memoryFixture } from "./fixtures.ts";

eventLogContract("embedded log in memory", memoryFixture);
