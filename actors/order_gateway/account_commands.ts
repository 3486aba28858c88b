/**
 * `open-account` and `deposit`.
 *
 * @module
 */

import { type Deposit, MAX_CASH_UNITS, type OpenAccount } from "../../kafka/messages/mod.ts";
import { Account } from "./account.ts";
import type { Outcome } from "./answer_ring.ts";
import { type AnswerBody, commonDetail, rejection, sendAnswer } from "./answers.ts";
import { checkDeposit, type CheckedOpening, checkOpening, refuseCashLimit } from "./checks.ts";
import type { Desk, OpeningDesk } from "./desk.ts";
import { type Hash64, Hasher } from "./hash64.ts";
import { hashId } from "./idempotency.ts";
import { judge, refused } from "./judge.ts";

const ACCEPTED: Outcome = { reason: null, orderNumber: 0, amount: 0 };

/**
 * Answers an opening. One that is refused while its user has no account leaves nothing behind: there
 * is nobody yet whose memory could keep its id.
 */
export function openAccount(desk: OpeningDesk, command: OpenAccount): void {
  const { state, floor, now, out } = desk;
  const checked = checkOpening(command, floor.instruments);
  const body = new Hasher().value(command.cash).value(command.holdings).finish();
  const account = state.accounts.get(command.userId);
  if (account === undefined) {
    if (!checked.ok) return sendAnswer(out, command, rejection(command, checked, false));
    endow(desk, command, checked, body);
    return sendAnswer(out, command, opened(command, checked, false));
  }
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
  const reason = outcome.reason ?? "id-conflict";
  const { limits } = floor.parameters;
  const detail = reason === "account-exists"
    ? "the user has an account"
    : checked.ok
    ? commonDetail(reason, limits)
    : checked.detail;
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
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
  account.cash = opening.cashUnits;
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
  const { account, floor: { instruments, parameters }, now, out } = desk;
  const { userId, depositId } = command;
  const checked = checkDeposit(command, instruments);
  const { outcome, duplicate } = judge({
    account,
    id: hashId(account.hash, "deposit", depositId),
    body: new Hasher().value(command.amount).finish(),
    now,
    checked,
    decide: ({ amountUnits }) => credit(account, amountUnits),
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
    ? refuseCashLimit(instruments).detail
    : commonDetail(reason, parameters.limits);
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
}

function credit(account: Account, amountUnits: number): Outcome {
  if (account.cash + amountUnits > MAX_CASH_UNITS) return refused("cash-limit");
  account.cash += amountUnits;
  return ACCEPTED;
}
