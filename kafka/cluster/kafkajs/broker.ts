/**
 * A broker at an address: a link made when one is needed, and another when it was lost.
 *
 * @module
 */

import type { PooledBroker } from "../broker_pool.ts";
import { closedFailure } from "../client_failures.ts";
import { endpointName } from "../endpoint.ts";
import { KafkaClientError } from "../kafka_client.ts";
import { authenticationFailure } from "./failures.ts";
import { type Api, requests } from "./library.ts";
import { type AskOptions, Link, type LinkOptions } from "./link.ts";

/** A mechanism that no broker has, so that the question cannot begin a login. */
const NO_MECHANISM = "NONE";
const UNSUPPORTED_SASL_MECHANISM = 33;

/** A link and the end of its beginning. */
interface OpenedLink {
  readonly link: Link;
  readonly ready: Promise<void>;
}

/** {@link Brokers} makes them. */
export class Broker implements PooledBroker {
  readonly name: string;
  readonly #options: LinkOptions;
  readonly #links = new Set<Link>();
  #current: OpenedLink | null = null;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.name = endpointName(options.endpoint);
  }

  get connected(): boolean {
    return this.#current !== null && this.#current.link.end === null;
  }

  async connect(): Promise<void> {
    await this.#link();
  }

  /** One request, one attempt. @throws {KafkaClientError} */
  async ask<Fields, Answer>(
    api: Api<Fields, Answer>,
    fields: Fields,
    options: AskOptions<Answer> = {},
  ): Promise<Answer> {
    const link = await this.#link();
    try {
      const answer = await link.ask(api, fields, options);
      link.useful = true;
      return answer;
    } catch (error) {
      throw await this.#explain(error, link);
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#links].map((link) => link.close(closedFailure(`ask the broker ${this.name}`))),
    );
  }

  async #link(): Promise<Link> {
    if (this.#closed) throw closedFailure(`ask the broker ${this.name}`);
    if (!this.connected) this.#current = this.#open();
    const { link, ready } = this.#current!;
    await ready;
    return link;
  }

  #open(): OpenedLink {
    const link = new Link(this.#options);
    this.#links.add(link);
    link.gone.then(() => this.#links.delete(link));
    return { link, ready: link.establish() };
  }

  /**
   * A broker that wants a login tells its versions to anybody and hangs up on the next request. It is
   * asked whether that was the reason.
   */
  async #explain(error: unknown, lost: Link): Promise<unknown> {
    const perhaps = error instanceof KafkaClientError && error.type === "CONNECTION" &&
      !lost.useful && this.#options.security.sasl === null && !this.#closed;
    if (!perhaps || !await this.#wantsLogin()) return error;
    return authenticationFailure(this.name, "it wants a login, which is not configured", error);
  }

  async #wantsLogin(): Promise<boolean> {
    try {
      const { link, ready } = this.#open();
      await ready;
      const { errorCode } = await link.ask(requests.SaslHandshake, { mechanism: NO_MECHANISM });
      await link.close(closedFailure(`ask the broker ${this.name}`));
      return errorCode === UNSUPPORTED_SASL_MECHANISM;
    } catch {
      // Then it cannot be told, and what was found before is all that is known.
      return false;
    }
  }
}
