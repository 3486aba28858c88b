/**
 * Ctrl-C while the log is away.
 */

import assert from "node:assert/strict";
import { LOG_PATIENCE_MS } from "../../../actors/floor/log_reach.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import { FloorFailedError } from "../../../mod.ts";
import { beginRun } from "../../../sim/begin_run.ts";
import { parseSimArguments } from "../../../sim/command_line/sim_arguments.ts";
import { playSession } from "../../../sim/session/play_session.ts";
import { noneLiving } from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { testBrokers } from "../support/test_brokers.ts";
import { runOnKafka } from "./runs_on_kafka.ts";

const LONG_LOAD = new URL("./long_load.ts", import.meta.url).pathname;

/** A deadline that only a run that is stuck misses, however busy the machine is. */
const LONG_MS = 120_000;

Deno.test("playSession() on Kafka ends when it is interrupted while the log is away, with no thread left", async () => {
  await using run = await runOnKafka("kafkajs");
  const [target = ""] = testBrokers();
  await using proxy = TcpProxy.open({ target });
  const command = parseSimArguments([LONG_LOAD, ...run.options]);
  assert.ok(command.kind === "run");
  using folder = await beginRun(command, { at: new Date().toISOString(), argv: [] });
  const log = { ...folder.manifest.log!, through: { [target]: proxy.address } };
  const manifest = { ...folder.manifest, log };
  const interrupt = new AbortController();
  const said: string[] = [];
  let sent = 0;
  const played = playSession({
    folder: { ...folder, manifest, [Symbol.dispose]: () => {} },
    progress: (snapshot) => sent = snapshot.sent,
    say: (text) => said.push(text),
    interrupted: interrupt.signal,
  });
  const failed = assert.rejects(
    played,
    (error) =>
      error instanceof FloorFailedError &&
      /^Cannot finish: the log has been out of reach for \d+ s: ./.test(error.message),
  );
  await eventually("orders are sent", () => sent > 20, LONG_MS);
  proxy.cut();
  const askedAt = systemClock.now();
  interrupt.abort();
  await failed;
  // One that waits for the log waits at least as long as the log's patience.
  assert.ok(systemClock.now() - askedAt < LOG_PATIENCE_MS / 2, said.join("\n"));
  await eventually("every worker has ended", () => noneLiving(run.runId), LONG_MS);
});
