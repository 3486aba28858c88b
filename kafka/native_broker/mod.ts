/**
 * A real Apache Kafka brought up on this machine from Maven artifacts, for development and for tests.
 *
 * @module
 */

export type { BrokerUser, NodePorts, SecuredPorts } from "./broker_settings.ts";
export { SASL_MECHANISMS } from "./broker_settings.ts";
export type { NodePaths } from "./cluster_folder.ts";
export type { HeldSignal } from "./held_process.ts";
export {
  checkJava,
  DEFAULT_CACHE_DIRECTORY,
  type JarOptions,
  KAFKA_VERSION,
  OLDEST_JAVA,
  resolveKafkaJars,
} from "./kafka_jars.ts";
export { type KafkaToolOptions, runKafkaTool } from "./kafka_tools.ts";
export { NativeBrokerError, type NativeBrokerErrorCode } from "./native_broker_error.ts";
export {
  type NativeCluster,
  type NativeClusterOptions,
  QUICK_JAVA_OPTIONS,
  type SecuredListeners,
  startNativeCluster,
  STEADY_JAVA_OPTIONS,
} from "./native_cluster.ts";
export { NativeNode, type NodeRuntime } from "./native_node.ts";
export type { ProgramResult } from "./run_program.ts";
