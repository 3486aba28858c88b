/**
 * Which pages a write-ahead log holds, by SQLite's published format (sqlite.org/fileformat.html, 4).
 *
 * @module
 */

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Where the salts are, in the log's header and in that of every frame. */
const SALTS = { inHeader: 16, inFrame: 8, bytes: 8 } as const;

/**
 * The numbers of the pages in a write-ahead log, those of its present round only: behind them lie
 * frames of rounds before. Empty when there is no log.
 */
export function pagesInWal(path: string, pageBytes: number): ReadonlySet<number> {
  const pages = new Set<number>();
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return pages;
    throw error;
  }
  try {
    const salts = readAt(file, SALTS.inHeader, SALTS.bytes);
    for (let at = WAL_HEADER_BYTES; salts !== null; at += FRAME_HEADER_BYTES + pageBytes) {
      const frame = readAt(file, at, FRAME_HEADER_BYTES);
      if (frame === null) break;
      const own = frame.subarray(SALTS.inFrame, SALTS.inFrame + SALTS.bytes);
      if (own.some((byte, i) => byte !== salts[i])) break;
      pages.add(new DataView(frame.buffer).getUint32(0));
    }
    return pages;
  } finally {
    file.close();
  }
}

/** So many bytes of a file, or null when it ends before. */
function readAt(file: Deno.FsFile, at: number, count: number): Uint8Array | null {
  file.seekSync(at, Deno.SeekMode.Start);
  const bytes = new Uint8Array(count);
  for (let read = 0; read < count;) {
    const more = file.readSync(bytes.subarray(read));
    if (more === null) return null;
    read += more;
  }
  return bytes;
}
