/**
 * The tables of a log's file.
 *
 * A row of `batches` holds all the records that one publish sent to one partition. Its key is
 * `partition id × 2^38 + offset of the first record`, so that a partition's rows lie together and in
 * order. `span` is how many offsets the row stands for, whether or not compaction has left them all.
 *
 * @module
 */

import { APPLICATION_ID, LAYOUT_VERSION } from "./limits.ts";

/** Creates everything; run inside one transaction. */
export const CREATE_SCHEMA = `
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${LAYOUT_VERSION};
CREATE TABLE log (
  id TEXT NOT NULL,
  topics_version INTEGER NOT NULL
) STRICT;
CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  partitions INTEGER NOT NULL,
  cleanup TEXT NOT NULL,
  retention_ms INTEGER,
  timestamp_type TEXT NOT NULL
) STRICT;
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topic_id INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  start_offset INTEGER NOT NULL DEFAULT 0,
  UNIQUE (topic_id, partition)
) STRICT;
CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  span INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TABLE groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  generation INTEGER NOT NULL DEFAULT 0,
  joins INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE members (
  group_id INTEGER NOT NULL,
  member_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  topics TEXT NOT NULL,
  session_timeout_ms INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignments (
  group_id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  member_id TEXT NOT NULL,
  since_generation INTEGER NOT NULL,
  PRIMARY KEY (group_id, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE committed (
  group_id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  PRIMARY KEY (group_id, topic, partition)
) STRICT, WITHOUT ROWID;
`;
