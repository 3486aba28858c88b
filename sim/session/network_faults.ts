/**
 * Faults of the network between a floor and its log, made by proxies that stand before every broker.
 *
 * @module
 */

import { TcpProxy } from "../../kafka/tcp_proxy.ts";
import type { NetworkVerb } from "../faults/fault_verbs.ts";

/** A fault that has a beginning and an end. Faults may overlap: the worst of them holds. */
export interface NetworkFault {
  readonly verb: NetworkVerb;
  /** Of a delay: milliseconds each way. */
  readonly byMs?: number;
}

/** The proxies of a session. */
export class NetworkFaults implements AsyncDisposable {
  readonly #proxies: ReadonlyMap<string, TcpProxy>;
  readonly #active = new Set<NetworkFault>();

  private constructor(proxies: ReadonlyMap<string, TcpProxy>) {
    this.#proxies = proxies;
  }

  /** Puts a proxy before each of these addresses, which are `host:port`. */
  static open(addresses: Iterable<string>): NetworkFaults {
    const each = [...new Set(addresses)];
    return new NetworkFaults(new Map(each.map((target) => [target, TcpProxy.open({ target })])));
  }

  /** Where to connect to instead, by address. */
  get through(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#proxies].map(([target, { address }]) => [target, address]),
    );
  }

  begin(fault: NetworkFault): void {
    this.#active.add(fault);
    this.#apply();
  }

  /** Ends a fault. @returns whether it had begun */
  end(fault: NetworkFault): boolean {
    if (!this.#active.delete(fault)) return false;
    this.#apply();
    return true;
  }

  /** Ends all faults. */
  endAll(): void {
    this.#active.clear();
    this.#apply();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }

  #apply(): void {
    const active = [...this.#active];
    const verbs = new Set(active.map(({ verb }) => verb));
    const delayMs = Math.max(0, ...active.map(({ byMs }) => byMs ?? 0));
    for (const proxy of this.#proxies.values()) {
      proxy.mend();
      proxy.delay(delayMs);
      if (verbs.has("stall")) proxy.stall();
      if (verbs.has("cut")) proxy.cut();
    }
  }
}
