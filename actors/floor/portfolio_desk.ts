/**
 * Where users' portfolios are asked for: of the instance that serves the user's partition when it is
 * one of this process, else of the log.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { PartitionCounts } from "../fold/partition_fold.ts";
import type {
  PortfolioAnswer,
  PortfolioQuestion,
} from "../portfolio_manager/portfolio_questions.ts";
import { PortfolioReader } from "../portfolio_manager/portfolio_reader.ts";
import type { PortfolioView } from "../portfolio_manager/portfolio_view.ts";
import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { Clock } from "../runtime/clock.ts";
import { unlessDown } from "./actor_view.ts";

/** How soon an instance is asked again that has not folded so far yet. */
const QUESTION_RETRY_MS = 5;

/** How long an instance that is behind is waited for; the log is read then. */
const QUESTION_DEADLINE_MS = 15_000;

/** Answers questions about portfolios. */
export class PortfolioDesk {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #managers: () => readonly ActorHandle[];
  readonly #reader: PortfolioReader;

  constructor(options: {
    readonly log: EventLog;
    readonly clock: Clock;
    readonly partitions: PartitionCounts;
    /** The portfolio managers of this process. */
    readonly managers: () => readonly ActorHandle[];
  }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#managers = options.managers;
    this.#reader = new PortfolioReader(options);
  }

  /** A portfolio with everything that had been notified when it was asked for. @throws {EventLogError} */
  async portfolio(userId: string): Promise<PortfolioView | null> {
    const upTo = await this.#endOf(userId);
    const answered = await this.#ask({ kind: "portfolio", userId, upTo });
    return answered === null ? await this.#reader.portfolio(userId, upTo) : answered.portfolio;
  }

  /** The owner's answer; null when the owner is elsewhere, down, or too far behind. */
  async #ask(question: PortfolioQuestion) {
    const giveUpAt = this.#clock.now() + QUESTION_DEADLINE_MS;
    while (this.#clock.now() < giveUpAt) {
      let behind = false;
      for (const handle of this.#managers()) {
        // The portfolio manager's own answer to its own question.
        const answer = await unlessDown(handle.ask(question)) as PortfolioAnswer | null;
        if (answer?.kind === "answer") return answer;
        behind ||= answer?.kind === "behind";
      }
      if (!behind) return null;
      await this.#clock.sleep(QUESTION_RETRY_MS);
    }
    return null;
  }

  async #endOf(userId: string): Promise<number> {
    const [description] = await this.#log.describeTopics(["notifications"]);
    const offsets = description?.offsets ?? [];
    return offsets[partitionForKey(userId, offsets.length)]?.end ?? 0;
  }
}
