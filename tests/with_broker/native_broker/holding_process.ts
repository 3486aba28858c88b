/**
 * Holds a native broker until it is killed: prints the broker's process id.
 *
 * @module
 */

import { startNativeCluster } from "../../../kafka/native_broker/mod.ts";

const cluster = await startNativeCluster({ directory: Deno.args[0]!, brokers: 1 });
console.log(cluster.nodes[0]!.pid);
