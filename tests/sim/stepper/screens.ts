/**
 * Screens of the stepper that are kept as text and read by people. `deno run --allow-all
 * tests/sim/stepper/screens.ts` writes them anew.
 */

import { openEventLog } from "../../../kafka/open_event_log.ts";
import { playRun } from "../../support/played_run.ts";
import { eventsOf, plainActorLog } from "../actor_log/plain_actor_log.ts";
import { StepperDriver } from "./support/driver.ts";

/** A screen: its size, and the keys that lead to it; what is in an array is typed, with Enter. */
interface Screen {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly keys: readonly (string | readonly [string])[];
}

const SMALL = { columns: 80, rows: 24 };
const LARGE = { columns: 120, rows: 40 };

/** To the step of the engine in which two orders met. */
const TO_TRADE = ["/", ["order-filled"], "c"] as const;

const SCREENS: readonly Screen[] = [
  { ...SMALL, name: "begin_80x24", keys: [] },
  { ...SMALL, name: "trade_80x24", keys: TO_TRADE },
  { ...LARGE, name: "trade_120x40", keys: TO_TRADE },
  { ...SMALL, name: "record_80x24", keys: [...TO_TRADE, "2"] },
  { ...SMALL, name: "book_80x24", keys: [...TO_TRADE, "5"] },
  { ...SMALL, name: "effects_80x24", keys: [...TO_TRADE, "e"] },
  { ...SMALL, name: "failure_80x24", keys: ["f", "n"] },
  { ...LARGE, name: "restart_120x40", keys: ["f", "f", "f", "6"] },
  { ...SMALL, name: "filter_80x24", keys: ["&", ["user=user-2 type=order-filled"]] },
  { ...SMALL, name: "wrong_place_80x24", keys: ["g", ["odrers/3/4"]] },
  { ...SMALL, name: "help_80x24", keys: ["?"] },
  { columns: 50, rows: 12, name: "trade_50x12", keys: TO_TRADE },
  { columns: 30, rows: 8, name: "too_small_30x8", keys: [] },
];

/** Each screen's name and text, of a run in virtual time: the same on every machine. */
export async function* screens(): AsyncGenerator<{ readonly name: string; readonly text: string }> {
  using run = await playRun("crash_before_commit");
  await using log = await openEventLog(
    { kind: "embedded", path: `${run.directory}/log.sqlite` },
    { create: false },
  );
  const events = eventsOf(run.directory);
  const actorLog = await plainActorLog(log, { events, runId: run.runId });
  for (const { name, keys, ...size } of SCREENS) {
    const driver = await StepperDriver.open(actorLog, size);
    for (const key of keys) {
      if (typeof key === "string") await driver.press(key);
      else await driver.type(key[0]);
    }
    yield { name, text: `${driver.text.trimEnd()}\n` };
  }
}

/** Where a screen's text is kept. */
export function fileOf(name: string): URL {
  return new URL(`golden/${name}.txt`, import.meta.url);
}

if (import.meta.main) {
  for await (const { name, text } of screens()) await Deno.writeTextFile(fileOf(name), text);
}
