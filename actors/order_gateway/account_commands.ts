/**
 * `open-account` and `deposit`.
 *
 * @module
 */

import type { Deposit, OpenAccount } from "../../kafka/messages/mod.ts";
import { Account } from "./account.ts";
import type { Outcome } from "./answer_ring.ts";
import { type AnswerBody, commonDetail, rejection, sendAnswer } from "./answers.ts";
import { checkDeposit, type CheckedOpening, checkOpening, type Refusal, refuse } from "./checks.ts";
import type { Desk, OpeningDesk } from "./desk.ts";
import type { GatewayState, OpenFloor } from "./gateway_state.ts";
import { type Hash64, Hasher } from "./hash64.ts";
import { hashId } from "./idempotency.ts";
import { judge, refused } from "./judge.ts";

const ACCEPTED: Outcome = { reason: null, orderNumber: 0, amount: 0 };

/**
 * Answers an opening, in this order:
 *
 * 1. The user has no account: its own mistakes, room for another account (`too-many-accounts`), room
 *    for its cash (`cash-limit`). A refusal leaves nothing behind: there is nobody yet whose memory
 *    could keep its id, so the same opening sent again is judged anew.
 * 2. The user has an account: as any command (`judge.ts`), and a new id gets `account-exists`. That
 *    there is an account is known without any memory of ids: so where another command would be `stale`
 *    or `id-space-exhausted`, an opening gets `account-exists` too, not marked as a duplicate. While
 *    answers are remembered, the opening itself gets its first answer again, and its id with another
 *    body `id-conflict`.
 */
export function openAccount(desk: OpeningDesk, command: OpenAccount): void {
  const { state, floor, out } = desk;
  const checked = checkOpening(command, floor.instruments);
  const body = new Hasher().value(command.cash).value(command.holdings).finish();
  const account = state.accounts.get(command.userId);
  if (account !== undefined) return answerAgain({ ...desk, account }, command, { checked, body });
  if (!checked.ok) return sendAnswer(out, command, rejection(command, checked, false));
  const lack = lackOfRoom(desk, checked);
  if (lack !== null) return sendAnswer(out, command, rejection(command, lack, false));
  endow(desk, command, checked, body);
  sendAnswer(out, command, opened(command, checked, false));
}

/** Answers an opening of somebody who has an account. */
function answerAgain(
  { account, floor, now, out }: Desk,
  command: OpenAccount,
  { checked, body }: { readonly checked: CheckedOpening | Refusal; readonly body: Hash64 },
): void {
  const { outcome, duplicate } = judge({
    account,
    id: hashId(account.hash, "account", command.commandId),
    body,
    now,
    checked,
    decide: () => refused("account-exists"),
  });
  if (outcome.reason === null && checked.ok) {
    return sendAnswer(out, command, opened(command, checked, duplicate));
  }
  const given = outcome.reason ?? "id-conflict";
  const reason = given === "stale" || given === "id-space-exhausted" ? "account-exists" : given;
  const detail = reason === "account-exists"
    ? "the user has an account"
    : checked.ok
    ? commonDetail(reason, floor.parameters.limits)
    : checked.detail;
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
}

function lackOfRoom({ state, floor }: OpeningDesk, opening: CheckedOpening): Refusal | null {
  const { accounts, shares } = state;
  if (accounts.size >= shares.accounts) {
    const detail = `the user's partition has ${shares.accounts} accounts, as many as may be`;
    return refuse("too-many-accounts", detail);
  }
  return hasRoomFor(state, opening.cashUnits)
    ? null
    : refuse("cash-limit", cashLimitDetail(state, floor));
}

/** Whether the floor's cash stays countable with so much more. */
function hasRoomFor({ cashLetIn, shares }: GatewayState, units: number): boolean {
  return cashLetIn + units <= shares.cashUnits;
}

/** Says nothing of what is let in by now, so that a repeated answer is the first one again. */
function cashLimitDetail({ shares }: GatewayState, { instruments }: OpenFloor): string {
  const most = instruments.unitsToCash(shares.cashUnits);
  return `the user's partition lets in at most ${most} in all`;
}

function endow(
  { state, floor, now }: OpeningDesk,
  { userId, commandId }: OpenAccount,
  opening: CheckedOpening,
  body: Hash64,
): void {
  const { parameters: { limits }, instruments } = floor;
  const place = { userId, index: state.accounts.size, symbols: instruments.list.length };
  const account = Account.open(place, limits, now);
  state.cashLetIn += opening.cashUnits;
  account.availableCash = opening.cashUnits;
  for (const { instrument, lots } of opening.holdings) account.holdings[instrument.index] = lots;
  account.memory.remember(hashId(account.hash, "account", commandId), body, now, ACCEPTED);
  state.accounts.set(userId, account);
}

function opened(command: OpenAccount, opening: CheckedOpening, duplicate: boolean): AnswerBody {
  return {
    type: "account-opened",
    duplicate,
    userId: command.userId,
    commandId: command.commandId,
    cashUnits: opening.cashUnits,
    holdings: Object.fromEntries(
      opening.holdings.map(({ instrument, lots }) => [instrument.symbol, lots]),
    ),
  };
}

/** Answers a deposit. */
export function deposit(desk: Desk, command: Deposit): void {
  const { state, account, floor, now, out } = desk;
  const { instruments, parameters } = floor;
  const { userId, depositId } = command;
  const checked = checkDeposit(command, instruments);
  const { outcome, duplicate } = judge({
    account,
    id: hashId(account.hash, "deposit", depositId),
    body: new Hasher().value(command.amount).finish(),
    now,
    checked,
    decide: ({ amountUnits }) => credit(desk, amountUnits),
  });
  if (outcome.reason === null && checked.ok) {
    const { amountUnits } = checked;
    const type = "deposit-accepted";
    return sendAnswer(out, command, { type, duplicate, userId, depositId, amountUnits });
  }
  const reason = outcome.reason ?? "id-conflict";
  const detail = !checked.ok
    ? checked.detail
    : reason === "cash-limit"
    ? cashLimitDetail(state, floor)
    : commonDetail(reason, parameters.limits);
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
}

function credit({ state, account }: Desk, amountUnits: number): Outcome {
  if (!hasRoomFor(state, amountUnits)) return refused("cash-limit");
  state.cashLetIn += amountUnits;
  account.availableCash += amountUnits;
  return ACCEPTED;
}
