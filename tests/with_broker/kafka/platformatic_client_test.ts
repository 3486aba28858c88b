/**
 * The client on `@platformatic/kafka` against a real broker.
 */

import { openPlatformaticClient } from "../../../kafka/cluster/platformatic/platformatic_client.ts";
import { kafkaClientContract } from "./client_contract.ts";

kafkaClientContract("platformatic", openPlatformaticClient);
