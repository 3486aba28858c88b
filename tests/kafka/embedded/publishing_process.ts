/**
 * A process that publishes `record 0`, `record 1`, ... and says each offset it was told is durable,
 * until it is killed. Arguments: the log's file, the topic.
 *
 * @module
 */

import { openEventLog } from "../../../kafka/open_event_log.ts";

const [path, topic] = Deno.args;
if (path === undefined || topic === undefined) throw new Error("Cannot publish: no file or topic");
const log = await openEventLog({ kind: "embedded", path }, { create: false });
for (let i = 0;; i++) {
  const records = [{ key: null, value: `record ${i}` }];
  const [published] = await log.publish([{ topic, partition: 0, records }]);
  console.log(published!.baseOffset);
}
