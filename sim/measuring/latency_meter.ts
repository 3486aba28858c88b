/**
 * Measures a run by reading its topics: counts intents, answers and fills, and times answers and
 * fills from the moment at which their orders were meant to be sent.
 *
 * Pure: it is handed records and the time at which they were seen.
 *
 * @module
 */

import type { FetchedBatch, LogRecord } from "../../kafka/event_log.ts";
import { channelOf, decodeText, type RejectReason } from "../../kafka/messages/mod.ts";
import { ActiveTime } from "./active_time.ts";
import { isOfAny } from "./doubted_clocks.ts";
import type { LatencyBucketCounts } from "./latency_buckets.ts";
import { type EncodedLatency, LatencyHistogram, type LatencySummary } from "./latency_histogram.ts";
import { fieldName, isTrueField, numberField, textField } from "./message_fields.ts";
import type { MeterCounts } from "./meter_counts.ts";
import { OpenCommands } from "./open_commands.ts";

/** The topics that a meter reads. */
export const METERED_TOPICS = ["intents", "notifications", "dead-letters"] as const;

const TYPE = fieldName("type");
const ID = fieldName("id", true);
const CAUSATION_ID = fieldName("causationId", true);
const SEQUENCE = fieldName("sequence", true);
const CLIENT_TIMESTAMP = fieldName("clientTimestamp");
const DUPLICATE = fieldName("duplicate");
const REASON = fieldName("reason");
const PRODUCER = fieldName("producer");
const NUMBER = fieldName("number");
const INTENDED_AT = fieldName("intendedAt");
const BEFORE = fieldName("before");
const TOPIC = fieldName("topic");
const PARTITION = fieldName("partition");
const OFFSET = fieldName("offset");
const ROLE = fieldName("role");

/** What a command's text begins with inside an intent. */
const COMMANDS = [
  [String.raw`"value":"{\"type\":\"place-order\"`, "orders", "place-order"],
  [String.raw`"value":"{\"type\":\"cancel-order\"`, "cancels", "cancel-order"],
  [String.raw`"value":"{\"type\":\"deposit\"`, "deposits", "deposit"],
  [String.raw`"value":"{\"type\":\"open-account\"`, "accounts", "open-account"],
] as const;

/** How an intent ends whose command did not break off, and what a command without a user says. */
const WHOLE = `}","encoding":"text"`;
const NO_USER = String.raw`\"userId\":\"\"`;

type Counts = { -readonly [K in keyof MeterCounts]: Mutable<MeterCounts[K]> };
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: T[K] } : T;

/** How records are observed. */
export interface Observation {
  /** Milliseconds since the epoch, by the same clock as intended times. */
  readonly at: number;
  /**
   * Records below this offset were there before the meter was: they are counted but not timed, as
   * when a run is resumed. Default 0.
   */
  readonly timedFrom?: number;
}

/** Counts and times what happens on the floor. */
export class LatencyMeter {
  readonly #answer = new LatencyHistogram();
  readonly #fill = new LatencyHistogram();
  readonly #open = new OpenCommands();
  readonly #active: ActiveTime;
  readonly #doubted: readonly string[];
  #answered = 0;
  /** The next sequence of every channel, by destination partition. */
  readonly #nextSequence = new Map<string, number>();
  /** The next number of every producer's intents, and how far it was acknowledged. */
  readonly #intents = new Map<string, { next: number; acknowledged: number }>();
  readonly #nextDeadLetter = new Map<string, number>();
  readonly #counts: Omit<Counts, "unanswered" | "sent" | "answered" | "activeMs"> = {
    intended: { orders: 0, cancels: 0, deposits: 0, accounts: 0, malformed: 0 },
    orders: { placed: 0, rejected: 0, duplicates: 0 },
    cancels: { accepted: 0, rejected: 0 },
    deposits: { accepted: 0, rejected: 0 },
    accounts: { opened: 0, rejected: 0 },
    refusals: {},
    orderRefusals: {},
    trades: 0,
    fills: 0,
    cancelled: 0,
    deadLetters: 0,
    repeats: 0,
    gaps: 0,
    acrossStops: 0,
  };

  /**
   * `sittings`: when the run was begun and gone on with; see {@link ActiveTime}. Orders of `doubted`
   * traders are not timed: see {@link isOfAny}.
   */
  constructor(sittings: readonly number[] = [], doubted: readonly string[] = []) {
    this.#active = new ActiveTime(sittings);
    this.#doubted = doubted;
  }

  /** Takes in records of one of {@link METERED_TOPICS}. Others are passed over. */
  observe(batch: FetchedBatch, observation: Observation): void {
    for (const record of batch.records) {
      if (record.text === null) continue;
      if (batch.topic === "notifications") this.#observeNotification(record, observation);
      else if (batch.topic === "intents") this.#observeIntent(record.text);
      else if (batch.topic === "dead-letters") this.#observeDeadLetter(record.text);
    }
  }

  /** A copy of what was counted. */
  counts(): MeterCounts {
    let sent = 0;
    for (const { acknowledged } of this.#intents.values()) sent += acknowledged;
    return {
      ...structuredClone(this.#counts),
      sent,
      answered: this.#answeredOrders(),
      unanswered: this.#open.count,
      activeMs: this.#active.ms,
    };
  }

  /** From an order's intended time to its first answer. */
  get answer(): LatencySummary {
    return this.#answer.summary();
  }

  /** From an order's intended time to each trade in which it was the taker. */
  get fill(): LatencySummary {
    return this.#fill.summary();
  }

  /** Answers and fills by size, in seconds. */
  get buckets(): { readonly answer: LatencyBucketCounts; readonly fill: LatencyBucketCounts } {
    return { answer: this.#answer.buckets, fill: this.#fill.buckets };
  }

  encoded(): { readonly answer: EncodedLatency; readonly fill: EncodedLatency } {
    return { answer: this.#answer.encode(), fill: this.#fill.encode() };
  }

  #answeredOrders(): number {
    if (this.#open.count !== null) return this.#answered;
    // Too many to be told one by one.
    const { placed, rejected, duplicates } = this.#counts.orders;
    return Math.min(this.#counts.intended.orders, placed + rejected + duplicates);
  }

  #observeIntent(text: string): void {
    const producer = textField(text, PRODUCER);
    if (producer === null) return;
    const known = this.#intents.get(producer) ?? { next: 0, acknowledged: 0 };
    this.#intents.set(producer, known);
    if (textField(text, TYPE) === "intents-acknowledged") {
      known.acknowledged = Math.max(known.acknowledged, numberField(text, BEFORE) ?? 0);
      return;
    }
    const number = numberField(text, NUMBER);
    if (number === null || number < known.next) return;
    known.next = number + 1;
    this.#countIntent(text);
  }

  #countIntent(text: string): void {
    const kind = kindOfIntent(text);
    this.#counts.intended[kind]++;
    const intendedAt = numberField(text, INTENDED_AT);
    if (intendedAt !== null) this.#active.see(intendedAt);
    const id = textField(text, ID);
    if (kind === "malformed" || id === null) return;
    if (this.#open.intend(id) && kind === "orders") this.#answered++;
  }

  #observeDeadLetter(text: string): void {
    const topic = textField(text, TOPIC);
    const place = `${textField(text, ROLE)}/${topic}/${numberField(text, PARTITION)}`;
    const offset = numberField(text, OFFSET) ?? 0;
    if (offset < (this.#nextDeadLetter.get(place) ?? 0)) return;
    this.#nextDeadLetter.set(place, offset + 1);
    this.#counts.deadLetters++;
  }

  #observeNotification(record: LogRecord, observation: Observation): void {
    const text = record.text!; // checked by observe()
    if (!this.#isNext(record.partition, text)) return;
    const timed = record.offset >= (observation.timedFrom ?? 0);
    // Of what is not seen as it happens, its stamp is the nearest that is known.
    const at = timed ? observation.at : record.timestamp;
    switch (textField(text, TYPE)) {
      case "order-filled":
        return this.#countFill(text, timed ? at : null);
      case "order-cancelled":
        this.#counts.cancelled++;
        return;
      case "order-placed":
        return this.#countOrder(text, "placed", { at, timed });
      case "order-rejected":
        return this.#countOrder(text, "rejected", { at, timed });
      case "cancel-accepted":
        this.#countAnswer(text, this.#counts.cancels, "accepted");
        return;
      case "cancel-rejected":
        this.#countAnswer(text, this.#counts.cancels, "rejected");
        return;
      case "deposit-accepted":
        this.#countAnswer(text, this.#counts.deposits, "accepted");
        return;
      case "deposit-rejected":
        this.#countAnswer(text, this.#counts.deposits, "rejected");
        return;
      case "account-opened":
        this.#countAnswer(text, this.#counts.accounts, "opened");
        return;
      case "account-rejected":
        this.#countAnswer(text, this.#counts.accounts, "rejected");
        return;
    }
  }

  /** Whether a notification is new. What it repeats, and what is missing before it, is counted. */
  #isNext(partition: number, text: string): boolean {
    const sequence = numberField(text, SEQUENCE);
    const channel = channelOf(textField(text, ID) ?? "");
    if (sequence === null || channel === null) return true;
    const key = `${partition}/${channel}`;
    const expected = this.#nextSequence.get(key) ?? 0;
    if (sequence < expected) {
      this.#counts.repeats++;
      return false;
    }
    this.#counts.gaps += sequence - expected;
    this.#nextSequence.set(key, sequence + 1);
    return true;
  }

  #countOrder(text: string, outcome: "placed" | "rejected", { at, timed }: {
    readonly at: number;
    readonly timed: boolean;
  }): void {
    this.#active.see(at);
    const duplicate = isTrueField(text, DUPLICATE);
    const { reason, first } = this.#countAnswer(
      text,
      this.#counts.orders,
      duplicate ? "duplicates" : outcome,
    );
    if (first) this.#answered++;
    if (reason !== null) countUp(this.#counts.orderRefusals, reason);
    if (timed && !duplicate && !this.#time(this.#answer, text, at)) this.#counts.acrossStops++;
  }

  /** Times an order, unless it was meant to be sent before the present sitting. */
  #time(into: LatencyHistogram, text: string, at: number): boolean {
    const intendedAt = numberField(text, CLIENT_TIMESTAMP);
    if (intendedAt === null || isOfAny(this.#doubted, text)) return true;
    if (intendedAt < this.#active.presentSince) return false;
    into.record(at - intendedAt);
    return true;
  }

  /**
   * Counts an answer to any command. `reason` is that of a refusal which is told for the first time;
   * `first` says that the command was known and had no answer yet.
   */
  #countAnswer<K extends string>(
    text: string,
    counts: Record<K, number>,
    outcome: K,
  ): { readonly reason: RejectReason | null; readonly first: boolean } {
    counts[outcome]++;
    const commandId = textField(text, CAUSATION_ID);
    const first = commandId !== null && this.#open.answer(commandId);
    if (outcome !== "rejected" || isTrueField(text, DUPLICATE)) return { reason: null, first };
    // The gateway's own answers: their reasons are of the list.
    const reason = textField(text, REASON) as RejectReason | null;
    if (reason !== null) countUp(this.#counts.refusals, reason);
    return { reason, first };
  }

  #countFill(text: string, at: number | null): void {
    this.#counts.fills++;
    if (!text.includes(`"liquidity":"taker"`)) return;
    this.#counts.trades++;
    if (at !== null) this.#time(this.#fill, text, at);
  }
}

function countUp<K extends string>(counts: Partial<Record<K, number>>, name: K): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** What kind of command an intent is for; bytes that are no command are meant to be `malformed`. */
function kindOfIntent(text: string): keyof MeterCounts["intended"] {
  const kind = COMMANDS.find(([beginning]) => text.includes(beginning))?.[1];
  // A whole command, with a user: worth no closer look, as nearly all of them are.
  if (kind !== undefined && text.includes(WHOLE) && !text.includes(NO_USER)) return kind;
  const intent = decodeText("intents", text);
  if (!intent.ok || intent.message.type !== "intent") return "malformed";
  if (intent.message.encoding === "base64") return "malformed";
  const command = decodeText("order-commands", intent.message.value);
  if (!command.ok) return "malformed";
  return COMMANDS.find(([, , type]) => type === command.message.type)?.[1] ?? "malformed";
}
