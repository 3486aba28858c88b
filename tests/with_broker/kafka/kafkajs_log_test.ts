import { eventLogContract } from "../../kafka/event_log_contract.ts";
import { clusterFixture } from "../support/cluster_fixture.ts";

eventLogContract("kafka by kafkajs", () => clusterFixture("kafkajs"));
