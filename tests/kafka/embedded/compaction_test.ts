import { cleaningContract } from "../cleaning_contract.ts";
import { fileFixture } from "./fixtures.ts";

cleaningContract("embedded log on a file", fileFixture);
