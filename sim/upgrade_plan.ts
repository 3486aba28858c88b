/**
 * Plans of before, made plans of today when they are read: a run that another version began can be gone
 * on with, and its log audited.
 *
 * @module
 */

import { z } from "zod";

/** How long an actor hung in plans of version 1, which did not say so. */
const HANG_MS = 12_000;

const eventOfBefore = z.looseObject({
  atMs: z.number(),
  verb: z.string(),
  whom: z.string(),
  forMs: z.number().optional(),
  byMs: z.number().optional(),
});

const planOfBefore = z.looseObject({ version: z.literal(1), events: z.array(eventOfBefore) });

/** Happenings that are none any more. */
const FAULTS = ["crash", "terminate", "hang", "cut", "stall", "delay"];

/**
 * A plan of version 1 as one of version 2, in which what goes wrong is apart from what happens on
 * purpose. What is no plan of version 1 stays as it is, for the schema to judge.
 */
export function upgradePlan(plan: unknown): unknown {
  const parsed = planOfBefore.safeParse(plan);
  if (!parsed.success) return plan;
  const { events, ...rest } = parsed.data;
  const isFault = ({ verb }: { readonly verb: string }) => FAULTS.includes(verb);
  return {
    ...rest,
    version: 2,
    events: events.filter((event) => !isFault(event)),
    faults: events.filter(isFault).map(({ atMs, verb, whom, forMs, byMs }) => ({
      trigger: { kind: "time", atMs: Math.round(atMs) },
      verb,
      target: whom,
      ...(verb === "hang" ? { forMs: HANG_MS } : {}),
      ...(forMs === undefined ? {} : { forMs: Math.max(1, Math.round(forMs)) }),
      ...(byMs === undefined ? {} : { byMs: Math.max(1, Math.round(byMs)) }),
    })),
  };
}
