/**
 * Which rules want to be told of what.
 *
 * @module
 */

import type { Rule } from "./rule.ts";

type Listener<K extends keyof Rule> = NonNullable<Rule[K]>;

/** Who hears what: most rules look at few kinds of records. */
export type Listeners = { readonly [K in keyof Required<Rule>]: readonly Listener<K>[] };

/** The methods of all rules, by what they hear of. */
export function listenersOf(rules: readonly Rule[]): Listeners {
  const hearing = <K extends keyof Rule>(name: K) =>
    rules.flatMap((rule) => {
      const method: Rule[K] = rule[name];
      // Binding keeps the type, which TypeScript does not see for a type that is a parameter.
      return method === undefined ? [] : [method.bind(rule) as Listener<K>];
    });
  return {
    onPartition: hearing("onPartition"),
    onAccepted: hearing("onAccepted"),
    onCancelRequested: hearing("onCancelRequested"),
    onAnswer: hearing("onAnswer"),
    onNotice: hearing("onNotice"),
    onTrade: hearing("onTrade"),
    onQuote: hearing("onQuote"),
    onSettlement: hearing("onSettlement"),
    onCommand: hearing("onCommand"),
    onMalformed: hearing("onMalformed"),
    onOtherRecord: hearing("onOtherRecord"),
    afterCommandRecord: hearing("afterCommandRecord"),
    onUnreadable: hearing("onUnreadable"),
    onDerived: hearing("onDerived"),
    finish: hearing("finish"),
  };
}
