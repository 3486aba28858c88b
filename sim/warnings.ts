/**
 * Where warnings of the runtime go while a session is played.
 *
 * @module
 */

import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";

/** Hands warnings and errors of Outcry's own loggers to `say`, one sentence each, until disposed of. */
export function sayWarnings(say: (text: string) => void): Disposable {
  const sink = ({ level, message }: LogRecord) => say(`${level}: ${message.join("")}`);
  configureSync({
    sinks: { say: sink },
    loggers: [
      { category: ["outcry"], lowestLevel: "warning", sinks: ["say"] },
      // LogTape's own, which would otherwise greet everybody on the console.
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["say"] },
    ],
    reset: true,
  });
  return { [Symbol.dispose]: () => resetSync() };
}
