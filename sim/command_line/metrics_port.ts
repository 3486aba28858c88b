/**
 * The option `--metrics-port`.
 *
 * @module
 */

/** The last port there is. */
const MAX_PORT = 65_535;

/** The port; null when none is given. What is wrong with it is added to `problems`. */
export function metricsPortOf(text: string | undefined, problems: string[]): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  problems.push(
    `--metrics-port: ${JSON.stringify(text)}: must be a whole number from 0 to ${MAX_PORT}`,
  );
  return null;
}
