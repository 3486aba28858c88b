import { eventLogContract } from "../event_log_contract.ts";
import { fileFixture } from "./fixtures.ts";

eventLogContract("embedded log on a file", fileFixture);
