/**
 * Files that are there whole or not at all.
 *
 * @module
 */

/** Writes beside the file, then renames: whoever reads sees the old text or the new one. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await Deno.writeTextFile(beside, text);
  await Deno.rename(beside, path);
}
