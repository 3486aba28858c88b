/**
 * Looking for a secret where it must not be.
 *
 * @module
 */

import { join } from "node:path";

/** Far deeper than any error nests. */
const INSPECT_DEPTH = 20;

/** The forms in which a password could be found: as it is, and as SASL and configurations write it. */
export function formsOf(username: string, password: string): readonly string[] {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const encodings = [password, `\0${username}\0${password}`, `${username}:${password}`]
    .flatMap((text) => [bytes(text).toBase64({ omitPadding: true }), bytes(text).toHex()]);
  // As JavaScript prints the bytes of a buffer.
  const listed = [...bytes(password)].join(", ");
  const dumped = bytes(password).toHex().replace(/..(?!$)/g, "$& ");
  return [password, encodeURIComponent(password), listed, dumped, ...encodings];
}

/** Everything that anyone could print of a value, hidden causes and properties included. */
export function everythingIn(value: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  const visit = (each: unknown) => {
    if (typeof each !== "object" || each === null || seen.has(each)) return;
    seen.add(each);
    parts.push(Deno.inspect(each, {
      depth: INSPECT_DEPTH,
      showHidden: true,
      iterableLimit: Infinity,
      strAbbreviateSize: 1e6,
    }));
    if (!(each instanceof Error)) return;
    parts.push(each.message, each.stack ?? "");
    for (const name of Object.getOwnPropertyNames(each)) visit(Reflect.get(each, name));
  };
  visit(value);
  return parts.join("\n");
}

/** The files below a folder that hold one of the forms. */
export async function filesHolding(
  directory: string,
  forms: readonly string[],
): Promise<readonly string[]> {
  const holding: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) holding.push(...await filesHolding(path, forms));
    if (!isFile) continue;
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    if (forms.some((form) => text.includes(form))) holding.push(path);
  }
  return holding;
}
