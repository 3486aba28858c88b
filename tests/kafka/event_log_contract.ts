/**
 * What every event log keeps. Run it against an implementation:
 * `eventLogContract("embedded", openFixture)`.
 *
 * @module
 */

import { driftContract } from "./drift_contract.ts";
import { groupContract } from "./group_contract.ts";
import type { LogFixture } from "./log_fixture.ts";
import { publishContract } from "./publish_contract.ts";
import { readerContract } from "./reader_contract.ts";
import { topicContract } from "./topic_contract.ts";

/** Registers the whole suite. `open` gives a log on which no other test works. */
export function eventLogContract(name: string, open: () => Promise<LogFixture>): void {
  topicContract(name, open);
  driftContract(name, open);
  publishContract(name, open);
  readerContract(name, open);
  groupContract(name, open);
}
