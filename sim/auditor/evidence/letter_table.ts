/**
 * Which records were set aside, and by which role.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { DeadLetter } from "../../../kafka/messages/mod.ts";
import { refOf } from "../findings.ts";
import type { AuditMemory } from "../memory/audit_memory.ts";
import type { OffsetColumns } from "../memory/columns.ts";
import type { RecordRef } from "../verdict.ts";

/** A message that a fold threw on and that was skipped. */
export interface PoisonLetter {
  readonly record: RecordRef;
  readonly letterAt: RecordRef;
  readonly role: string;
  /** The message's type, as far as the letter's bytes tell it. */
  readonly type: string;
  readonly error: string;
}

/** Kinds of letters, in the order of their codes, which begin with 1. */
const KINDS = ["malformed", "poison"] as const satisfies readonly DeadLetter["kind"][];

/** Dead letters by role and place. */
export class LetterTable {
  readonly #memory: AuditMemory;
  /** By role and topic. */
  readonly #kinds = new Map<string, OffsetColumns>();
  readonly #poison: PoisonLetter[] = [];
  #size = 0;

  constructor(memory: AuditMemory) {
    this.#memory = memory;
  }

  /** Each record that a role skipped as poison, once, in the order of the letters. */
  get poison(): readonly PoisonLetter[] {
    return this.#poison;
  }

  get size(): number {
    return this.#size;
  }

  add(letter: DeadLetter, letterAt: RecordRef): void {
    const { role, topic, partition, offset, kind, error } = letter;
    const name = `${role} ${topic}`;
    const known = this.#kinds.get(name);
    const kinds = known ?? this.#memory.offsetColumns("bytes");
    if (known === undefined) this.#kinds.set(name, kinds);
    if (kind === "poison" && kinds.get(partition, offset) !== codeOf("poison")) {
      const type = typeIn(letter);
      this.#poison.push({ record: refOf(letter), letterAt: refOf(letterAt), role, error, type });
    }
    kinds.set(partition, offset, codeOf(kind));
    this.#size++;
  }

  /** Why the role set a record aside; null when it did not. */
  kindOf(role: string, at: RecordRef): DeadLetter["kind"] | null {
    if (this.#size === 0) return null;
    const code = this.#kinds.get(`${role} ${at.topic}`)?.get(at.partition, at.offset) ?? 0;
    return KINDS[code - 1] ?? null;
  }
}

function codeOf(kind: DeadLetter["kind"]): number {
  return KINDS.indexOf(kind) + 1;
}

const TYPE = /"type":"([a-z-]{1,64})"/;

function typeIn({ valueBase64 }: DeadLetter): string {
  return TYPE.exec(Buffer.from(valueBase64 ?? "", "base64").toString())?.[1] ?? "record";
}
