/**
 * By which clients a test is run that takes long and is about what lies above the client: every client
 * has passed the log's contract and the tests of faults by then.
 *
 * @module
 */

import { KAFKA_CLIENTS, type KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";

/** Set to `all`, tests of whole sessions are run by every client, and not by the default one alone. */
export const CLIENTS_VARIABLE = "OUTCRY_TEST_CLIENTS";

/** The clients to run such a test by. */
export function sessionClients(): readonly KafkaClientName[] {
  return Deno.env.get(CLIENTS_VARIABLE) === "all" ? KAFKA_CLIENTS : ["kafkajs"];
}
