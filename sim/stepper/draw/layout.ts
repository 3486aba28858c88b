/**
 * How the rows and columns of a screen are shared out.
 *
 * @module
 */

import type { ScreenSize } from "../screen/frame.ts";
import type { StepperModel } from "../model/stepper_model.ts";

/** Below this nothing sensible fits. */
export const LEAST_SCREEN: ScreenSize = { columns: 40, rows: 10 };

/** From so many columns on, the book or the actors stand beside a step. */
const SIDE_FROM_COLUMNS = 110;

/** Columns of what stands beside. */
const SIDE_COLUMNS = 44;

/** Rows that are neither list nor panel: title, tabs, status, keys. */
const FRAME_ROWS = 4;

/** Entries around the one that is shown, itself among them. */
const MOST_LISTED = 9;

/** How a screen is shared out. */
export interface Layout {
  /** Entries listed; an odd number, so that as many stand before as after. */
  readonly listRows: number;
  readonly panelRows: number;
  /** Columns of the panel; fewer where something stands beside it. */
  panelWidth(model: Pick<StepperModel, "panel">): number;
  /** Columns of what stands beside; 0 where nothing does. */
  sideWidth(model: Pick<StepperModel, "panel">): number;
}

/** Whether a screen is large enough. */
export function isLargeEnough({ columns, rows }: ScreenSize): boolean {
  return columns >= LEAST_SCREEN.columns && rows >= LEAST_SCREEN.rows;
}

/** The layout of a screen. */
export function layoutOf({ columns, rows }: ScreenSize): Layout {
  const free = Math.max(2, rows - FRAME_ROWS);
  // A quarter for the list: what is shown of one step takes more room than where it stands.
  const listRows = Math.max(1, Math.min(MOST_LISTED, 2 * Math.floor(free / 8) + 1));
  const sideWidth = ({ panel }: Pick<StepperModel, "panel">) =>
    panel === "step" && columns >= SIDE_FROM_COLUMNS ? SIDE_COLUMNS : 0;
  return {
    listRows,
    panelRows: free - listRows,
    sideWidth,
    panelWidth: (model) => columns - (sideWidth(model) === 0 ? 0 : sideWidth(model) + 2),
  };
}
