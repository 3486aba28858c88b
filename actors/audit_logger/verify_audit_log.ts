/**
 * Checks an audit log: that it has no hole, that its chain holds, and, when the log is given, that
 * every line is the log's record and that none is missing.
 *
 * @module
 */

import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import {
  type AuditFile,
  parseAuditFileName,
  partitionFolder,
  SEGMENT_OFFSETS,
} from "./audit_file_name.ts";
import { type AuditFinding, AuditFindings } from "./audit_findings.ts";
import { AUDITED_TOPICS } from "../topology.ts";
import { fileLines } from "./file_lines.ts";
import { LogCursor } from "./log_cursor.ts";
import { PartitionCheck } from "./partition_check.ts";

/** What is to be checked. */
export interface VerifyOptions {
  /** The audit folder, such as `runs/<id>/audit`. */
  readonly folder: string;
  /** The run's log; without it only the chain and the lines' form can be checked. */
  readonly log?: EventLog;
  /** Default {@link AUDITED_TOPICS}. */
  readonly topics?: readonly string[];
  /** By `topic/partition`: where the audit log must have got to. Default: the log's end. */
  readonly ends?: Readonly<Record<string, number>>;
}

/** What was found in one partition. */
export interface VerifiedPartition extends TopicPartition {
  /** Segments and tails read. */
  readonly files: number;
  readonly records: number;
  /** The offset after the last record. */
  readonly end: number;
  /** Names of files that are not part of the log: open, superseded, or foreign. */
  readonly passedOver: readonly string[];
}

/** The outcome of a check. The audit log is right when `findingCount` is 0. */
export interface AuditVerification {
  readonly comparedWithLog: boolean;
  readonly partitions: readonly VerifiedPartition[];
  /** The first `MAX_FINDINGS`. */
  readonly findings: readonly AuditFinding[];
  readonly findingCount: number;
}

/** Checks the audit log in `folder`. @throws when a file or the log cannot be read */
export async function verifyAuditLog(options: VerifyOptions): Promise<AuditVerification> {
  const { folder, log, topics = AUDITED_TOPICS } = options;
  const findings = new AuditFindings();
  const ends = log === undefined ? options.ends : await logEnds(log, topics, options.ends);
  const partitions: VerifiedPartition[] = [];
  for (const topic of topics) {
    for (const partition of partitionsOf(folder, topic, ends)) {
      const at = { topic, partition };
      const end = ends?.[`${topic}/${partition}`] ?? 0;
      partitions.push(await verifyPartition(at, { folder, findings, end, log }));
    }
  }
  return {
    comparedWithLog: log !== undefined,
    partitions,
    findings: findings.kept,
    findingCount: findings.count,
  };
}

async function logEnds(
  log: EventLog,
  topics: readonly string[],
  given: Readonly<Record<string, number>> = {},
): Promise<Readonly<Record<string, number>>> {
  const ends: Record<string, number> = {};
  for (const { name, offsets } of await log.describeTopics(topics)) {
    offsets.forEach(({ end }, partition) => ends[`${name}/${partition}`] = end);
  }
  return { ...ends, ...given };
}

/** Partitions that have a folder, or records in the log, in order. */
function partitionsOf(
  folder: string,
  topic: string,
  ends: Readonly<Record<string, number>> = {},
): readonly number[] {
  const found = new Set(
    Object.keys(ends).filter((name) => name.startsWith(`${topic}/`) && ends[name]! > 0) // a key of ends
      .map((name) => Number(name.slice(topic.length + 1))),
  );
  for (const name of listFolder(`${folder}/${topic}`)) {
    if (/^(0|[1-9]\d{0,8})$/.test(name)) found.add(Number(name));
  }
  return [...found].sort((a, b) => a - b);
}

async function verifyPartition(
  at: TopicPartition,
  { folder, findings, end, log }: {
    readonly folder: string;
    readonly findings: AuditFindings;
    readonly end: number;
    readonly log: EventLog | undefined;
  },
): Promise<VerifiedPartition> {
  const path = partitionFolder(folder, at);
  const { chosen, passedOver } = chooseFiles(listFolder(path));
  const cursor = log === undefined ? null : new LogCursor(log, at, end);
  const check = new PartitionCheck(at, findings, cursor);
  try {
    for (const file of chosen) {
      const fileEnd = file.kind === "tail" ? file.end : file.base + SEGMENT_OFFSETS;
      const below = `${at.topic}/${at.partition}/${file.name}`;
      check.beginFile({ path: below, base: file.base, end: fileEnd });
      for (const line of fileLines(`${folder}/${below}`)) {
        const pending = check.takeLine(line);
        if (pending !== undefined) await pending;
      }
      check.endFile();
    }
    check.endPartition(end);
  } finally {
    cursor?.close();
  }
  return { ...at, files: chosen.length, records: check.records, end: check.end, passedOver };
}

/** The files that make up the log: every segment, and where one is missing its longest tail. */
function chooseFiles(
  names: readonly string[],
): { readonly chosen: readonly AuditFile[]; readonly passedOver: readonly string[] } {
  const best = new Map<number, AuditFile>();
  for (const file of names.map(parseAuditFileName)) {
    if (file === null || file.kind === "open") continue;
    const other = best.get(file.base);
    if (other === undefined || reach(file) > reach(other)) best.set(file.base, file);
  }
  const chosen = [...best.values()].sort((a, b) => a.base - b.base);
  const used = new Set(chosen.map(({ name }) => name));
  return { chosen, passedOver: names.filter((name) => !used.has(name)).sort() };
}

function reach(file: AuditFile): number {
  return file.kind === "tail" ? file.end : file.base + SEGMENT_OFFSETS;
}

function listFolder(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch (error) {
    // No folder: nothing was written, which is judged by what should have been.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
