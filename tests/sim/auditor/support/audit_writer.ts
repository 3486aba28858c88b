/**
 * Writes an audit folder, to be read and broken by tests.
 *
 * @module
 */

export {
  segmentName,
  writeAuditFolder,
  writePartition,
} from "../../../../sim/auditor/self_check/audit_writer.ts";
