import assert from "node:assert/strict";
import { playRun } from "../../support/played_run.ts";
import { type PtyOptions, PtyProgram } from "./support/pty_program.ts";

const ROOT = new URL("../../../", import.meta.url);

/** The command of `deno task step`, with the permissions that users run it with. */
const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
const STEP: string = tasks.step.command.replace(/^deno /, `${Deno.execPath()} `);

const CRASHING = `${Deno.execPath()} run --no-prompt --allow-env=NO_COLOR ` +
  "tests/sim/stepper/support/crashing_main.ts";

/** Ctrl-Z asks `ps` who waits. */
const HAS_PS = new Deno.Command("sh", { args: ["-c", "command -v ps"], stdout: "null" })
  .outputSync().success;

/** Runs a command between two looks at how the terminal is set, and says how it ended. */
function looked(command: string, options?: PtyOptions): PtyProgram {
  const own = `sh -c 'echo "pid $$"; exec ${command}'`;
  return new PtyProgram(`stty -g; ${own}; echo "ended with $?"; stty -g`, options);
}

/** Asserts that the terminal is as it was before the command, once that has ended. */
async function assertLeft(program: PtyProgram, code: number): Promise<void> {
  const text = await program.until(/ended with \d+\s+\S+/);
  await program.ended();
  assert.match(text, new RegExp(`ended with ${code}\\b`));
  assert.equal(program.isTaken, false, "the shell's own screen is back");
  const settings = program.raw.match(/[0-9a-f]+(:[0-9a-f]+){10,}/g) ?? [];
  assert.equal(settings.length, 2);
  assert.equal(settings[1], settings[0], "stty says the same as before");
  const { raw } = program;
  assert.ok(raw.lastIndexOf("\x1b[?25h") > raw.lastIndexOf("\x1b[?25l"), "the cursor is seen");
  assert.ok(raw.lastIndexOf("\x1b[?7h") > raw.lastIndexOf("\x1b[?7l"), "lines are broken again");
}

Deno.test("deno task step in a terminal", async (t) => {
  using run = await playRun("crash_before_commit");
  const step = `${STEP} ${run.directory}`;

  await t.step(
    "takes keys, follows the screen's size, and leaves the terminal as it was",
    async () => {
      await using program = looked(step);
      const first = await program.until("#0 of");
      assert.match(first, /▶ #0 .* the floor opens with AAPL/);
      assert.equal(program.isTaken, true);
      program.write("nn");
      await program.until("#2 of");
      program.write("\x1b[D");
      await program.until("#1 of");
      program.write("/order-filled\rc");
      const trade = await program.until("trading-engine-0: applied");
      assert.match(trade, /Bought all 5 AAPL/);
      program.resize(120, 40);
      const large = await program.until(/applied.* book AAPL/);
      assert.match(large, /notifications\/0-5/, "the actors stand beside it");
      program.write("q");
      await assertLeft(program, 0);
    },
  );

  await t.step("leaves it so after Ctrl-C too, and paints nothing under NO_COLOR", async () => {
    await using program = looked(step, { env: { NO_COLOR: "1" } });
    await program.until("#0 of");
    program.write("\x03");
    await assertLeft(program, 0);
    // deno-lint-ignore no-control-regex
    const painted = program.raw.match(/\x1b\[[0-9;]*m/g);
    assert.deepEqual(painted, ["\x1b[0m"], "all that is set is set back");
  });

  await t.step("gives it to the shell at Ctrl-Z, and takes it again at fg", async () => {
    await using program = new PtyProgram("PS1='ready> ' sh -i");
    // Prompts are counted: those from before are on the screen that the stepper gives back, while it
    // still takes what is typed.
    const prompts = (count: number) => program.until(new RegExp(`(ready> [^]*){${count}}`));
    await prompts(1);
    program.write(`${step}\r`);
    await program.until("#0 of");
    program.write("n\x1a");
    if (HAS_PS) {
      await prompts(2);
      assert.equal(program.isTaken, false);
      program.write("fg\r");
    } else {
      await program.until("Cannot go to the shell");
    }
    await program.until("#1 of");
    program.write("q");
    await prompts(HAS_PS ? 3 : 2);
    program.write("exit\r");
    await program.ended();
  });
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`openTerminal() leaves the terminal as it was after ${signal}`, async () => {
    await using program = looked(CRASHING);
    await program.until("taken");
    Deno.kill(Number(/pid (\d+)/.exec(program.raw)?.[1]), signal);
    await assertLeft(program, code);
  });
}

Deno.test("openTerminal() leaves the terminal as it was when an error is not caught", async () => {
  await using program = looked(CRASHING);
  await program.until("taken");
  program.write("n");
  await assertLeft(program, 1);
  assert.match(program.raw, /a planted failure/);
});
