/**
 * The log of the auditor's own sample, which a test may tamper with as it likes.
 *
 * @module
 */

export {
  findRecord,
  SampleLog as ArrayLog,
  type StoredRecord,
} from "../../../../sim/auditor/self_check/sample_log.ts";
