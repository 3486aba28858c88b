/**
 * Which orders and which users a run names. So many at a time are sorted and written down in blocks: a
 * run of sorted ids. A question looks into every one of them, which are few. An id may stand in several
 * (a resend, much later): the first one counts.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CommandColumns } from "./command_columns.ts";
import { LineBuffer } from "./line_buffer.ts";
import { ownText } from "./own_text.ts";
import {
  ID_BLOCK_ENTRIES,
  ID_RUN_ENTRIES,
  REMEMBERED_COMMANDS,
  REMEMBERED_USERS,
} from "./limits.ts";

/** The tables of the ids: blocks by {@link blockId}, and how many blocks every run has. */
export const ID_TABLES = `
CREATE TABLE id_blocks (
  id INTEGER PRIMARY KEY,
  first TEXT NOT NULL,
  entries TEXT NOT NULL
) STRICT;
CREATE TABLE id_runs (
  ids TEXT NOT NULL,
  run INTEGER NOT NULL,
  blocks INTEGER NOT NULL,
  PRIMARY KEY (ids, run)
) STRICT, WITHOUT ROWID;
`;

/** What is kept sorted: `order⌦user⌦first rank`, and `user⌦`. */
export type IdSet = "orders" | "users";

/** Between the parts of an entry: a control character, which no id has. */
export const PART_END = "\x7f";
const PART_END_BYTE = PART_END.charCodeAt(0);

/** Between the entries of a block, and of a {@link LineBuffer}. */
export const ENTRY_END = "\n";

const SETS: readonly IdSet[] = ["orders", "users"];

/** Where a block of a run stands. */
export function blockId(ids: IdSet, run: number, block: number): number {
  return (SETS.indexOf(ids) * 2 ** 20 + run) * 2 ** 20 + block;
}

/** Writes the ids. */
export class IdWriter {
  readonly #orders: SortedRuns;
  readonly #users: SortedRuns;
  readonly #usersSeen = new RecentTexts();
  /** By the lowest bits of a command's number: a hash of what its intent named. */
  readonly #named = new Float64Array(REMEMBERED_COMMANDS);

  constructor(database: DatabaseSync) {
    this.#orders = new SortedRuns(database, "orders");
    this.#users = new SortedRuns(database, "users");
  }

  /** Adds what a command or an intent of a rank names; ranks only grow. */
  add(commands: CommandColumns, at: number, rank: number): void {
    const hash = commands.hashes[at]!;
    const slot = commands.numbers[at]! % REMEMBERED_COMMANDS;
    if (hash === 0 || this.#named[slot] === hash) return;
    this.#named[slot] = hash;
    const userId = commands.userId(at)!; // Only what names nobody has no hash.
    if (this.#usersSeen.isNew(userId)) this.#addUser(commands, at);
    if (commands.hasOrder(at)) this.#addOrder(commands, at, rank);
  }

  /** Writes down what is left. */
  flush(): void {
    this.#orders.flush();
    this.#users.flush();
  }

  #addUser(commands: CommandColumns, at: number): void {
    const { line } = this.#users;
    commands.writeUser(at, line);
    line.addByte(PART_END_BYTE);
    this.#users.endEntry();
  }

  #addOrder(commands: CommandColumns, at: number, rank: number): void {
    const { line } = this.#orders;
    commands.writeOrder(at, line);
    line.addByte(PART_END_BYTE);
    commands.writeUser(at, line);
    line.addByte(PART_END_BYTE);
    line.addNumber(rank);
    this.#orders.endEntry();
  }
}

/** Texts seen lately, in two generations: the older one is forgotten when the younger one is full. */
class RecentTexts {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Whether it was not seen lately; from now on it was. */
  isNew(text: string): boolean {
    if (this.#young.has(text)) return false;
    const isOld = this.#old.has(text);
    if (this.#young.size >= REMEMBERED_USERS) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(ownText(text));
    return !isOld;
  }
}

/** Entries of one set, sorted so many at a time. */
class SortedRuns {
  readonly #ids: IdSet;
  readonly #insertBlock: StatementSync;
  readonly #insertRun: StatementSync;
  /** The entry to be added, behind those that wait to be sorted. */
  readonly line = new LineBuffer();
  #run = 0;

  constructor(database: DatabaseSync, ids: IdSet) {
    this.#ids = ids;
    this.#insertBlock = database.prepare("INSERT INTO id_blocks VALUES (?, ?, ?)");
    this.#insertRun = database.prepare("INSERT INTO id_runs VALUES (?, ?, ?)");
  }

  /** The line is an entry. */
  endEntry(): void {
    this.line.endLine();
    if (this.line.count >= ID_RUN_ENTRIES) this.flush();
  }

  flush(): void {
    if (this.line.count === 0) return;
    const sorted = this.line.take().sort();
    let blocks = 0;
    for (let at = 0; at < sorted.length; at += ID_BLOCK_ENTRIES) {
      const block = sorted.slice(at, at + ID_BLOCK_ENTRIES);
      const id = blockId(this.#ids, this.#run, blocks++);
      this.#insertBlock.run(id, block[0]!, block.join(ENTRY_END));
    }
    this.#insertRun.run(this.#ids, this.#run++, blocks);
  }
}
