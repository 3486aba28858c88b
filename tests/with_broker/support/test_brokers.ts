/**
 * Where the tests find the broker that `deno task test:kafka` brought up for them.
 *
 * @module
 */

/** The variable that carries it. */
export const BROKERS_VARIABLE = "OUTCRY_TEST_BROKERS";

/** `host:port` of the test's brokers. @throws {Error} when there are none */
export function testBrokers(): readonly string[] {
  const brokers = Deno.env.get(BROKERS_VARIABLE);
  if (brokers === undefined || brokers === "") {
    throw new Error(
      `Cannot test against Kafka: ${BROKERS_VARIABLE} is not set; run deno task test:kafka`,
    );
  }
  return brokers.split(",");
}
