/**
 * Files that are there whole or not at all.
 *
 * @module
 */

/**
 * Writes beside the file, then renames: whoever reads sees the old text or the new one. Synchronous,
 * because in virtual time nothing waits for the machine.
 */
export function writeFileWhole(path: string, text: string): void {
  const beside = `${path}.new`;
  Deno.writeTextFileSync(beside, text);
  Deno.renameSync(beside, path);
}
