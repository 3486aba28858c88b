/**
 * Plays worlds in a thread of its own, one after the other.
 *
 * @module
 */

import { type PlayedWorld, playWorld, playWorldTwice } from "./play_world.ts";
import type { World } from "./world.ts";

/** What the worker is asked. */
export interface PlayTask {
  readonly world: World;
  readonly twice: boolean;
}

/** What it answers. */
export type PlayAnswer =
  | { readonly played: PlayedWorld }
  /** The explorer itself failed. */
  | { readonly error: string };

async function answer({ world, twice }: PlayTask): Promise<PlayAnswer> {
  try {
    return { played: await (twice ? playWorldTwice : playWorld)(world) };
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

/** What this thread is besides a global: a worker's end of a channel. */
interface WorkerSide {
  onmessage: ((message: MessageEvent<PlayTask>) => void) | null;
  postMessage(answer: PlayAnswer): void;
}

// The compiler takes every module for one of the main thread; this one only ever runs in a worker.
const side = globalThis as unknown as WorkerSide;
side.onmessage = async ({ data }) => side.postMessage(await answer(data));
