/**
 * A user's session as text: a command a paragraph, the newest first.
 *
 * @module
 */

import { formatPlace } from "../actor_log/record_place.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import { formatCount } from "../report/figures.ts";
import { wrap } from "../report/wrap.ts";
import type { Rendering } from "./render_story.ts";
import type { Session } from "./tell_user.ts";
import { sinceStart } from "./time_texts.ts";

/** The session's lines. What came from records is made visible. */
export function renderSession(session: Session, { width, paint }: Rendering): readonly string[] {
  const { run, userId, commands, count } = session;
  const lines = [
    paint("heading", `User ${visibleText(userId)}`),
    paint("quiet", `run ${visibleText(run.runId)}; times count from its start`),
    "",
    `${count.exactly ? "" : "At least "}${formatCount(count.commands)} ${
      count.commands === 1 ? "command" : "commands"
    }${commands.length < count.commands ? `, the newest ${commands.length} of them` : ""}:`,
    "",
  ];
  for (const { record, askedBefore, line, outcome, told, hidden } of commands) {
    const at = sinceStart(record.timestamp, run.startedAt);
    lines.push(paint("strong", formatPlace(record.place)) + paint("quiet", `  ${at}`));
    const again = askedBefore === 0 ? "" : ` (asked for ${askedBefore + 1} times by then)`;
    lines.push(...indented(visibleText(line) + again, width));
    lines.push(...indented(`-> ${visibleText(outcome)}`, width));
    for (const each of told) {
      const then = sinceStart(each.record.timestamp, run.startedAt);
      const text = `${formatPlace(each.record.place)} ${then}: ${visibleText(each.line)}`;
      lines.push(
        ...indented(text, width - INDENT.length).map((line) => paint("quiet", INDENT + line)),
      );
    }
    if (hidden > 0) lines.push(paint("quiet", `${INDENT}${INDENT}... and ${hidden} more`));
  }
  const [newest] = commands.filter(({ orderId }) => orderId !== null);
  if (newest !== undefined) {
    lines.push(
      "",
      paint(
        "quiet",
        `One of them in full: --order ${visibleText(newest.orderId ?? "")} --user ${
          visibleText(userId)
        }`,
      ),
    );
  }
  return lines;
}

function indented(text: string, width: number): readonly string[] {
  return wrap(text, width - INDENT.length).map((line) => INDENT + line);
}

const INDENT = "   ";
