/**
 * A screen as it is to be, and the bytes that make it so.
 *
 * @module
 */

import { type Paint, plain } from "../../report/paint.ts";
import { fitLine, type Line, paintLine } from "./line.ts";

/** How large a screen is. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A part of a row. */
export interface Cell {
  /** From 0. */
  readonly column: number;
  /** Columns that it may take. */
  readonly width: number;
  readonly line: Line;
}

/** One row of a screen, its cells from left to right. */
export type Row = readonly Cell[];

/** A screen as it is to be. */
export interface Frame {
  readonly rows: readonly Row[];
  /** Where the cursor is to be seen; null: nowhere. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
}

/** A row of one line over the whole width. */
export function rowOf(line: Line, columns: number): Row {
  return [{ column: 0, width: columns, line }];
}

/**
 * A row's bytes. Each cell is put at its column by number, so that a terminal which thinks otherwise of
 * a character's width does not move what stands beside it.
 */
export function paintRow(row: Row, paint: Paint): string {
  return row.map(({ column, width, line }) => {
    const at = column === 0 ? "" : `\x1b[${column + 1}G`;
    return at + paintLine(line, { width, paint });
  }).join("");
}

/** A frame as lines of text, for tests and for reading. */
export function plainFrame({ rows }: Frame): readonly string[] {
  return rows.map((row) => {
    let text = "";
    let used = 0;
    for (const { column, width, line } of row) {
      text += " ".repeat(Math.max(0, column - used));
      used = Math.max(used, column) + fitLine(line, width).width;
      text += paintLine(line, { width, paint: plain });
    }
    return text.trimEnd();
  });
}

/** Writes frames, only those rows that changed. */
export class FrameWriter {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  #before: readonly string[] = [];

  constructor(write: (text: string) => void, paint: Paint) {
    this.#write = write;
    this.#paint = paint;
  }

  /** Makes the next frame be written whole, as when the screen is another. */
  forget(): void {
    this.#before = [];
  }

  write({ rows, cursor }: Frame): void {
    const painted = rows.map((row) => paintRow(row, this.#paint));
    const whole = this.#before.length !== painted.length;
    // Hidden meanwhile, so that it is not seen running about.
    let text = whole ? `${HIDE_CURSOR}\x1b[2J` : HIDE_CURSOR;
    painted.forEach((row, i) => {
      if (whole || row !== this.#before[i]) text += `\x1b[${i + 1};1H\x1b[2K${row}`;
    });
    if (cursor !== null) {
      text += `\x1b[${cursor.row + 1};${cursor.column + 1}H${SHOW_CURSOR}`;
    }
    this.#before = painted;
    this.#write(text);
  }
}

/** DEC private mode 25: the cursor is seen, or not. */
export const SHOW_CURSOR = "\x1b[?25h";
/** The other way. */
export const HIDE_CURSOR = "\x1b[?25l";
