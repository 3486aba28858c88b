/**
 * The client on kafkajs against a real broker.
 */

import { openKafkajsClient } from "../../../kafka/cluster/kafkajs/kafkajs_client.ts";
import { kafkaClientContract } from "./client_contract.ts";

kafkaClientContract("kafkajs", openKafkajsClient);
