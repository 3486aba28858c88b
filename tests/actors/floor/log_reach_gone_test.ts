import assert from "node:assert/strict";
import { LogReach } from "../../../actors/floor/log_reach.ts";
import type { TopicDescription } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const LOOK_MS = 1_000;

Deno.test("LogReach.gone tells of a topic that was there and is missing twice in a row", async () => {
  await using log = await openMemoryLog();
  let hidden = "";
  const described = async (names?: readonly string[]): Promise<readonly TopicDescription[]> =>
    (await log.describeTopics(names)).filter(({ name }) => name !== hidden);
  const clock = new FakeClock();
  const reach = new LogReach({ describeTopics: described }, { clock });
  let gone: string | null = null;
  void reach.gone.then((topic) => gone = topic);
  const look = async () => {
    await clock.advance(LOOK_MS);
    await settle();
  };
  await look(); // There is none yet.
  await log.createTopics(topicSettings());
  for (let looks = 0; looks < 3; looks++) await look();
  hidden = "orders";
  await look();
  hidden = "";
  await look();
  hidden = "notifications";
  await look();
  assert.equal(gone, null, "one answer that lacks it is a broker's that has not heard of it");
  hidden = "orders";
  await look();
  assert.equal(gone, null);
  await look();
  assert.equal(gone, "orders");
  reach.close();
  await reach.ended;
});
