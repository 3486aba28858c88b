/**
 * `deno task sim --metrics-port`, read while it plays.
 */

import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { Scraped } from "../../actors/telemetry/scraped.ts";
import { SHORT_BURST } from "../session/sim_process.ts";

const ROOT = new URL("../../../", import.meta.url);
const DEADLINE_MS = 60_000;
const PERMISSIONS = "--no-prompt --allow-read --allow-write --allow-env=NO_COLOR";

/** A session in a process of its own; it is ended, and its run removed, when it is disposed of. */
class PlayedSession implements AsyncDisposable {
  output = "";
  readonly #runs: string;
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;

  /** `net` is the permission to listen; a process without it that listens fails. */
  constructor(net: "--allow-net=127.0.0.1" | "--deny-net", ...options: readonly string[]) {
    this.#runs = Deno.makeTempDirSync({ prefix: "outcry-metrics-" });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...`run --no-check ${PERMISSIONS} ${net} sim/main.ts`.split(" "),
        ...[SHORT_BURST, "--runs", this.#runs, "--duration", "60s", ...options],
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#readOutput();
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Resolves when the process has said something of this form. */
  async says(form: RegExp): Promise<RegExpExecArray> {
    await eventually(String(form), () => form.test(this.output), DEADLINE_MS);
    const found = form.exec(this.output);
    assert.ok(found);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#read;
    await this.#child.status;
    await Deno.remove(this.#runs, { recursive: true });
  }

  async #readOutput(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.output += text;
    }
  }
}

Deno.test("sim --metrics-port 0 says its address and serves the session's counts as they grow", async () => {
  await using session = new PlayedSession("--allow-net=127.0.0.1", "--metrics-port", "0");
  const [, url] = await session.says(/metrics are served at (http:\/\/127\.0\.0\.1:\d+\/metrics)/);
  assert.ok(url);
  const ordersOf = async () => (await Scraped.from(url)).sum("outcry_orders_total");
  await eventually("an order is answered", async () => await ordersOf() > 0, DEADLINE_MS);
  const first = await ordersOf();
  await eventually("more are answered", async () => await ordersOf() > first, DEADLINE_MS);
  const scraped = await Scraped.from(url);
  const [answers] = scraped.family("outcry_order_answer_seconds").metrics;
  assert.ok(Number(answers?.count) > 0 && Number(answers?.sum) > 0);
  assert.ok(scraped.sum("outcry_commands_intended_total", { kind: "orders" }) >= first);
  assert.ok(scraped.sum("outcry_actor_records_total", { role: "order-gateway" }) > 0);
});

Deno.test("sim says nothing of metrics, and listens nowhere, without --metrics-port", async () => {
  await using session = new PlayedSession("--deny-net");
  await session.says(/run short_burst/);
  await session.says(/[1-9]\d* of \d+ orders answered/);
  assert.doesNotMatch(session.output, /metrics are served/);
});
