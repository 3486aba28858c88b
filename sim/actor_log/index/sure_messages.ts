/**
 * Which flat objects are surely messages, by their fields alone. Whatever is not sure is decoded.
 *
 * @module
 */

import { MAX_ID_LENGTH } from "../../../kafka/messages/mod.ts";
import { Literal } from "../../../kafka/literal.ts";
import { FIELD, type FlatObject, KIND } from "./flat_object.ts";

/** The longest message id, as its schema has it. */
export const MAX_MESSAGE_ID_LENGTH = 3 * MAX_ID_LENGTH;

const TYPE = {
  intent: new Literal("intent"),
  intentsAcknowledged: new Literal("intents-acknowledged"),
  placeOrder: new Literal("place-order"),
  cancelOrder: new Literal("cancel-order"),
  deposit: new Literal("deposit"),
  price: new Literal("price"),
  settleFill: new Literal("settle-fill"),
  releaseOrder: new Literal("release-order"),
} as const;
const TEXT_ENCODING = new Literal("text");

/** Whether it is a price, by its type alone. */
export function isPrice(object: FlatObject): boolean {
  return object.is(FIELD.type, TYPE.price);
}

/** Whether a client's command would surely be decoded. */
export function isSureCommand(object: FlatObject): boolean {
  if (!object.isText(FIELD.userId, MAX_ID_LENGTH)) return false;
  if (object.is(FIELD.type, TYPE.placeOrder)) return object.isText(FIELD.orderId, MAX_ID_LENGTH);
  if (object.is(FIELD.type, TYPE.deposit)) return object.isText(FIELD.depositId, MAX_ID_LENGTH);
  return object.is(FIELD.type, TYPE.cancelOrder) && object.isText(FIELD.orderId, MAX_ID_LENGTH) &&
    object.isText(FIELD.cancelId, MAX_ID_LENGTH);
}

/** Whether it is a settlement or a release, with the envelope of a derived message. */
export function isSureSettlement(object: FlatObject): boolean {
  return (object.is(FIELD.type, TYPE.settleFill) || object.is(FIELD.type, TYPE.releaseOrder)) &&
    object.isText(FIELD.causationId, MAX_MESSAGE_ID_LENGTH) &&
    object.kinds[FIELD.sequence] === KIND.whole;
}

/** Whether an intent would surely be decoded, and carries a flat object of JSON as text. */
export function isSureIntent(object: FlatObject): boolean {
  const { kinds } = object;
  return object.is(FIELD.type, TYPE.intent) && object.isText(FIELD.producer, MAX_ID_LENGTH) &&
    kinds[FIELD.number] === KIND.whole && kinds[FIELD.intendedAt] === KIND.whole &&
    kinds[FIELD.partition] === KIND.whole && kinds[FIELD.key] === KIND.text &&
    kinds[FIELD.value] === KIND.object && object.is(FIELD.encoding, TEXT_ENCODING);
}

/** Whether it says how far a producer has got, and names nobody. One comes with every batch of intents. */
export function isSureAcknowledgement(object: FlatObject): boolean {
  return object.is(FIELD.type, TYPE.intentsAcknowledged) &&
    object.isText(FIELD.producer, MAX_ID_LENGTH) && object.kinds[FIELD.before] === KIND.whole &&
    object.kinds[FIELD.userId] === KIND.none && object.kinds[FIELD.orderId] === KIND.none;
}
