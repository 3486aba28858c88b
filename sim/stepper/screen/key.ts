/**
 * Keys, as what is pressed is told to a program.
 *
 * @module
 */

/** A key that was pressed. */
export interface Key {
  /**
   * The character that it types, or what it is called: `n`, `N`, `/`, `left`, `pageup`, `escape`, `return`,
   * `tab`, `shift-tab`, `ctrl-c`.
   */
  readonly name: string;
  /** What it types into a line; "" for keys that type nothing. */
  readonly text: string;
}

/** What `node:readline` says of a key. */
export interface KeyPress {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

/** Other names of the same keys. */
const SAME: Readonly<Record<string, string>> = { enter: "return", delete: "delete" };

/** The key of a key press; null for what no key gives, such as a sequence that nobody knows. */
export function keyOf(typed: string | undefined, press: KeyPress): Key | null {
  const { name, ctrl = false, meta = false, shift = false } = press;
  // A lone Escape is told as "meta" too.
  if (name === "escape") return { name: "escape", text: "" };
  if (!ctrl && !meta && typed !== undefined && isPrintable(typed)) {
    return { name: typed, text: typed };
  }
  if (name === undefined || name === "undefined") return null;
  const plainName = SAME[name] ?? name;
  if (ctrl) return { name: `ctrl-${plainName}`, text: "" };
  if (meta) return { name: `alt-${plainName}`, text: "" };
  return { name: shift ? `shift-${plainName}` : plainName, text: "" };
}

function isPrintable(typed: string): boolean {
  return typed !== "" && !/\p{Cc}/u.test(typed);
}

const LABELS: Readonly<Record<string, string>> = {
  " ": "Space",
  "left": "←",
  "right": "→",
  "up": "↑",
  "down": "↓",
  "pageup": "PgUp",
  "pagedown": "PgDn",
  "home": "Home",
  "end": "End",
  "tab": "Tab",
  "shift-tab": "Shift-Tab",
  "return": "Enter",
  "escape": "Esc",
  "backspace": "Backspace",
  "ctrl-c": "Ctrl-C",
  "ctrl-z": "Ctrl-Z",
  "ctrl-l": "Ctrl-L",
  "alt-left": "Alt-←",
  "alt-right": "Alt-→",
};

/** A key as help calls it. */
export function keyLabel(name: string): string {
  return LABELS[name] ?? name;
}
