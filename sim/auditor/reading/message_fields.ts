/**
 * The fields that the auditor reads of messages: what each holds, and where a message that was read from
 * bytes keeps it.
 *
 * @module
 */

/** Where a number is kept. */
export const NUMBER = {
  orderNumber: 0,
  quantityLots: 1,
  limitTicks: 2,
  budgetUnits: 3,
  reserved: 4,
  priceTicks: 5,
  remainingLots: 6,
  bidTicks: 7,
  bidLots: 8,
  askTicks: 9,
  askLots: 10,
  amountUnits: 11,
  quantity: 12,
  price: 13,
  protectionPrice: 14,
  amount: 15,
  sequence: 16,
  timestamp: 17,
  number: 18,
  partition: 19,
  clientTimestamp: 20,
} as const;

/** How many numbers there are. */
export const NUMBERS = 21;

/** Where one of few words is kept, or a name that comes again. */
export const WORD = {
  userId: 0,
  symbol: 1,
  side: 2,
  timeInForce: 3,
  liquidity: 4,
  aggressor: 5,
  reason: 6,
  producer: 7,
  key: 8,
  encoding: 9,
} as const;

/** How many words there are. */
export const WORDS = 10;

/** Texts by whose fingerprints messages are compared. */
export const TEXT = {
  userId: 0,
  orderId: 1,
  cancelId: 2,
  commandId: 3,
  depositId: 4,
  tradeId: 5,
  id: 6,
  causationId: 7,
  symbol: 8,
  key: 9,
  correlationId: 10,
  detail: 11,
} as const;

/** How many texts there are. */
export const TEXTS = 12;

/** The texts that say whom and what a command or an answer is about; they come first. */
export const SUBJECT_TEXTS = 5;

/** What is kept of a number that is null, or left out. Those that are there are not negative. */
export const IS_NULL = -1;
export const IS_ABSENT = -2;

/** Ways in which a field may be written. */
export const FORM = {
  /** A whole number from 0. */
  count: 0,
  /** One, or null. */
  countOrNull: 1,
  /** A number from 0. */
  decimal: 2,
  /** A whole number of milliseconds, of which neighbours have the same. */
  stamp: 3,
  flag: 4,
  /** One of a few words. */
  word: 5,
  /** A text that comes again and again. */
  name: 6,
  /** One, or null. */
  nameOrNull: 7,
  /** A text by whose fingerprint messages are compared. */
  text: 8,
  /** A text that is only read when it is to be told. */
  passedText: 9,
  /** A text with JSON in it. */
  content: 10,
  /** The id of a derived message. */
  origin: 11,
} as const;

/** How a field is written, and where what it says is kept. All have all fields, as they are read often. */
export interface FieldForm {
  readonly form: number;
  /** Among numbers or words. */
  readonly slot: number;
  /** Among texts. */
  readonly text: number;
  /** What a word may be. */
  readonly words: readonly string[];
}

function number(form: number, slot: number): FieldForm {
  return { form, slot, text: 0, words: [] };
}

function word(slot: number, words: readonly string[]): FieldForm {
  return { form: FORM.word, slot, text: 0, words };
}

function name(slot: number, text: number): FieldForm {
  return { form: FORM.name, slot, text, words: [] };
}

/** A text, kept in no slot. */
export function textForm(form: number, text: number): FieldForm {
  return { form, slot: 0, text, words: [] };
}

const SIDES = ["buy", "sell"] as const;

/** How each field is written, but for ids of messages. */
export const FIELD_FORMS: Readonly<Record<string, FieldForm>> = {
  userId: name(WORD.userId, TEXT.userId),
  symbol: name(WORD.symbol, TEXT.symbol),
  reason: name(WORD.reason, TEXT.detail),
  producer: name(WORD.producer, TEXT.detail),
  key: { ...name(WORD.key, TEXT.key), form: FORM.nameOrNull },
  orderId: textForm(FORM.text, TEXT.orderId),
  cancelId: textForm(FORM.text, TEXT.cancelId),
  commandId: textForm(FORM.text, TEXT.commandId),
  depositId: textForm(FORM.text, TEXT.depositId),
  tradeId: textForm(FORM.text, TEXT.tradeId),
  causationId: textForm(FORM.text, TEXT.causationId),
  correlationId: textForm(FORM.passedText, TEXT.correlationId),
  detail: textForm(FORM.passedText, TEXT.detail),
  side: word(WORD.side, SIDES),
  aggressor: word(WORD.aggressor, SIDES),
  timeInForce: word(WORD.timeInForce, ["gtc", "ioc"]),
  liquidity: word(WORD.liquidity, ["maker", "taker"]),
  duplicate: number(FORM.flag, 0),
  orderNumber: number(FORM.count, NUMBER.orderNumber),
  quantityLots: number(FORM.count, NUMBER.quantityLots),
  limitTicks: number(FORM.countOrNull, NUMBER.limitTicks),
  budgetUnits: number(FORM.countOrNull, NUMBER.budgetUnits),
  reserved: number(FORM.count, NUMBER.reserved),
  priceTicks: number(FORM.count, NUMBER.priceTicks),
  remainingLots: number(FORM.count, NUMBER.remainingLots),
  bidTicks: number(FORM.countOrNull, NUMBER.bidTicks),
  bidLots: number(FORM.count, NUMBER.bidLots),
  askTicks: number(FORM.countOrNull, NUMBER.askTicks),
  askLots: number(FORM.count, NUMBER.askLots),
  amountUnits: number(FORM.count, NUMBER.amountUnits),
  sequence: number(FORM.count, NUMBER.sequence),
  timestamp: number(FORM.stamp, NUMBER.timestamp),
  // Hardly two are equal.
  clientTimestamp: number(FORM.count, NUMBER.clientTimestamp),
  intendedAt: number(FORM.count, NUMBER.clientTimestamp),
  number: number(FORM.count, NUMBER.number),
  partition: number(FORM.count, NUMBER.partition),
  quantity: number(FORM.decimal, NUMBER.quantity),
  price: number(FORM.decimal, NUMBER.price),
  protectionPrice: number(FORM.decimal, NUMBER.protectionPrice),
  amount: number(FORM.decimal, NUMBER.amount),
  value: textForm(FORM.content, 0),
  // What is in base64 is rare.
  encoding: word(WORD.encoding, ["text"]),
};
