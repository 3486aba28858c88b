/**
 * A program that takes over the terminal and then fails where nobody catches it.
 */

import { openTerminal } from "../../../../sim/stepper/screen/open_terminal.ts";

const terminal = openTerminal();
terminal.write("taken");
terminal.listen((event) => {
  if (event.kind === "key") throw new Error("a planted failure");
});
