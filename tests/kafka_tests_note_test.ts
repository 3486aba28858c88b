/**
 * Says what the tests without a broker leave out.
 *
 * @module
 */

Deno.test({
  name:
    "tests/with_broker/ was left out, for it needs Apache Kafka: run it with deno task test:kafka",
  ignore: true,
  fn() {},
});
