/**
 * Opens a client by its name. A library is loaded when it is wanted, so that nobody loads two.
 *
 * @module
 */

import type { ClusterLogConfig } from "./cluster_config.ts";
import type { KafkaClient } from "./kafka_client.ts";

/** A fresh set of connections to the cluster; nothing is connected before the first request. */
export async function openClient(config: ClusterLogConfig): Promise<KafkaClient> {
  switch (config.client ?? "kafkajs") {
    case "kafkajs": {
      const { openKafkajsClient } = await import("./kafkajs/kafkajs_client.ts");
      return openKafkajsClient(config);
    }
    case "platformatic": {
      const { openPlatformaticClient } = await import("./platformatic/platformatic_client.ts");
      return openPlatformaticClient(config);
    }
  }
}
