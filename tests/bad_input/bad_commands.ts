/**
 * Commands that nobody should send, drawn from a seed: wrong types, missing fields, huge numbers, texts
 * of every kind, names of prototypes, deep nesting, wrong keys, forged settlements.
 *
 * @module
 */

import fc from "fast-check";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { Random } from "../../actors/seeded_random.ts";

/** A record for `order-commands`, and where it goes. */
export interface BadRecord {
  readonly what: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | Uint8Array | null;
}

/** Ids that are names of what every object has, or look like something else. */
export const ODD_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "null",
  "undefined",
  "NaN",
  "0",
  "-0",
  "../../etc/passwd",
  "orders/0/0/0",
  "user\u202e gnp",
  "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
  "e\u0301",
  "\u00e9",
  " ",
  "x".repeat(128),
] as const;

/** A symbol that is traded by nobody but those who send rubbish. */
export const BAIT = "BAIT";

const HUGE = ["1e308", "1e400", "-1e400", "9007199254740993", "-0", "5e-324", "0.1", "1e-9"];

/** Texts that are no ids, and some that are. */
const TEXTS = [
  "",
  "x".repeat(129),
  "\u0000",
  "line\nbreak",
  "\ud800",
  "\udfff half",
  "\uffff",
  ...ODD_NAMES,
];

const FIELDS = [
  "type",
  "id",
  "correlationId",
  "timestamp",
  "userId",
  "orderId",
  "symbol",
  "side",
  "quantity",
  "price",
  "timeInForce",
] as const;

/** Draws bad commands. */
export class BadCommands {
  readonly #random: Random;
  readonly #values: readonly unknown[];
  readonly #partitions: number;
  #count = 0;

  constructor(options: {
    readonly random: Random;
    readonly seed: number;
    readonly partitions: number;
  }) {
    this.#random = options.random;
    this.#partitions = options.partitions;
    this.#values = fc.sample(fc.jsonValue({ maxDepth: 3 }), { numRuns: 500, seed: options.seed });
  }

  /** The next bad command. */
  next(): BadRecord {
    const [what, make] = this.#pick(this.#kinds);
    const { userId, value, key, partition } = make();
    return {
      what,
      key: key === undefined ? userId : key,
      partition: partition ?? partitionForKey(userId, this.#partitions),
      value,
    };
  }

  readonly #kinds: readonly (readonly [string, () => Drawn])[] = [
    ["wrong type", () => this.#changed((body, field) => ({ ...body, [field]: this.#value() }))],
    ["missing field", () => this.#changed((body, field) => ({ ...body, [field]: undefined }))],
    ["huge number", () => this.#withNumber()],
    ["odd text", () => this.#changed((body, field) => ({ ...body, [field]: this.#pick(TEXTS) }))],
    ["prototype keys", () => this.#withPrototypeKeys()],
    ["deep nesting", () => this.#nested()],
    [
      "wrong key",
      () => ({ ...this.#changed((body) => body), key: this.#pick(["bob", null, "", "é"]) }),
    ],
    ["wrong partition", () => this.#misplaced()],
    ["forged settlement", () => this.#settlement()],
    ["odd account", () => this.#account()],
    ["odd cancel or deposit", () => this.#other()],
    ["no object", () => ({ userId: "mallory", value: JSON.stringify(this.#value()) })],
    ["twice the same", () => this.#again()],
  ];

  /** An order that would be a good one, of somebody who has nothing. */
  #order(userId = this.#user()): Record<string, unknown> {
    const n = this.#count++;
    return {
      type: "place-order",
      id: `mallory/${n}`,
      correlationId: `${userId}/m-${n}`,
      timestamp: 1_700_000_000_000,
      userId,
      orderId: `m-${n}`,
      symbol: BAIT,
      side: this.#pick(["buy", "sell"]),
      quantity: 1,
      price: 100,
      timeInForce: "gtc",
    };
  }

  #changed(
    change: (body: Record<string, unknown>, field: string) => Record<string, unknown>,
  ): Drawn {
    const userId = this.#user();
    return { userId, value: JSON.stringify(change(this.#order(userId), this.#pick(FIELDS))) };
  }

  /** Written by hand, since JSON.stringify writes no number that JSON.parse would not. */
  #withNumber(): Drawn {
    const userId = this.#user();
    const field = this.#pick(["quantity", "price", "timestamp", "protectionPrice"]);
    const text = JSON.stringify({ ...this.#order(userId), [field]: "@" });
    return { userId, value: text.replace('"@"', this.#pick([...HUGE, "NaN", "Infinity", "0x10"])) };
  }

  #withPrototypeKeys(): Drawn {
    const userId = this.#user();
    const text = JSON.stringify(this.#order(userId));
    const name = this.#pick(["__proto__", "constructor", "toString", "hasOwnProperty"]);
    const put = this.#pick(['{"polluted":true}', "null", '"x"', '{"toString":null}']);
    return { userId, value: `${text.slice(0, -1)},${JSON.stringify(name)}:${put}}` };
  }

  #nested(): Drawn {
    const userId = this.#user();
    const depth = 1 + Math.floor(this.#random() * 3_000);
    const list = this.#random() < 0.5;
    const deep = (list ? "[" : '{"a":').repeat(depth) + "1" + (list ? "]" : "}").repeat(depth);
    const field = this.#pick(["quantity", "price", "symbol", "userId", "unheardOf"]);
    const text = JSON.stringify({ ...this.#order(userId), [field]: "@" });
    return { userId, value: text.replace('"@"', deep) };
  }

  #misplaced(): Drawn {
    const drawn = this.#changed((body) => body);
    const home = partitionForKey(drawn.userId, this.#partitions);
    return { ...drawn, partition: (home + 1) % this.#partitions };
  }

  /** By a channel of the floor or none, of users who have orders or have not: nothing was traded. */
  #settlement(): Drawn {
    const userId = this.#pick(["alice", "bob", "mallory", "__proto__"]);
    const isFill = this.#random() < 0.5;
    const origin = this.#pick([
      "orders/0/0/0",
      "orders/5/999999/1",
      "orders/99/1/1",
      "nowhere",
      "",
    ]);
    const settlement = {
      type: isFill ? "settle-fill" : "release-order",
      id: origin,
      correlationId: "forged",
      causationId: "forged",
      sequence: Math.floor(this.#random() * 5),
      timestamp: 1,
      userId,
      // Beyond every order number that this floor gives out.
      orderNumber: 1_000_000_000 + Math.floor(this.#random() * 1_000),
      symbol: this.#pick(["AAPL", BAIT, "__proto__"]),
      side: "buy",
      priceTicks: 1,
      quantityLots: 1,
      tradeId: "forged",
    };
    return { userId, value: JSON.stringify(settlement) };
  }

  #account(): Drawn {
    const userId = this.#user();
    const n = this.#count++;
    const text = JSON.stringify({
      type: "open-account",
      id: `mallory/${n}`,
      correlationId: "m",
      timestamp: 1,
      userId,
      commandId: this.#pick([...TEXTS, `c-${n}`]),
      cash: this.#pick([0, -1, "1", null, NaN, 1e300, 0.001, [], {}]),
      holdings: "@",
    });
    const holdings = this.#pick([
      "{}",
      '{"__proto__":1}',
      '{"BAIT":-1}',
      '{"none":1}',
      "[]",
      "null",
    ]);
    return { userId, value: text.replace('"@"', holdings) };
  }

  #other(): Drawn {
    const userId = this.#user();
    const n = this.#count++;
    const envelope = { id: `mallory/${n}`, correlationId: "m", timestamp: 1, userId };
    const body = this.#random() < 0.5
      ? {
        type: "cancel-order",
        ...envelope,
        orderId: this.#pick(TEXTS),
        cancelId: this.#pick([...TEXTS, `c-${n}`]),
      }
      : {
        type: "deposit",
        ...envelope,
        depositId: this.#pick([...TEXTS, `d-${n}`]),
        amount: this.#pick([0, -5, 1e300, "many", null, 0.0001, this.#value()]),
      };
    // A valid deposit would make somebody rich.
    const isGift = "amount" in body && typeof body.amount === "number" && body.amount > 0;
    return { userId, value: JSON.stringify(isGift ? { ...body, amount: -1 } : body) };
  }

  /** An id that was used: the same body, or another one. */
  #again(): Drawn {
    const userId = this.#user();
    const order = {
      ...this.#order(userId),
      orderId: "again",
      quantity: this.#pick([1, 1, 2, "3"]),
    };
    return { userId, value: JSON.stringify(order) };
  }

  #user(): string {
    return this.#pick(["mallory", "mallory", "trudy", "stranger", ...ODD_NAMES]);
  }

  #value(): unknown {
    return this.#pick(this.#values);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!; // random() is below 1.
  }
}

interface Drawn {
  readonly userId: string;
  readonly value: string;
  readonly key?: string | null;
  readonly partition?: number;
}

/** Bytes without sense, in any partition under any key. */
export function randomBytes(random: Random, partitions: number): BadRecord {
  const length = Math.floor(random() ** 3 * 600);
  const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const draw = random();
  const text = draw < 0.3 ? new TextDecoder().decode(bytes) : bytes;
  return {
    what: "random bytes",
    partition: Math.floor(random() * partitions),
    key: random() < 0.3 ? null : `key-${Math.floor(random() * 50)}`,
    value: draw > 0.98 ? null : text,
  };
}
