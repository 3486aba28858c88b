/**
 * What the handlers of commands work with.
 *
 * @module
 */

import type { Outbox } from "../fold/fold.ts";
import type { Account } from "./account.ts";
import type { GatewayState, OpenFloor } from "./gateway_state.ts";

/** What is given besides an opening: there may be no account yet. */
export interface OpeningDesk {
  readonly state: GatewayState;
  readonly floor: OpenFloor;
  readonly now: number;
  readonly out: Outbox;
}

/** What is given besides any other command. */
export interface Desk extends OpeningDesk {
  readonly account: Account;
}
