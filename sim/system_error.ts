/**
 * Errors of the operating system: a disk that is full, a file system that only reads, a name that stands
 * for something else. Whoever uses the program can mend them, and needs a sentence and no stack.
 *
 * @module
 */

/** Whether an error is the system's, or of a permission that was not given. */
export function isOfTheSystem(error: unknown): error is Error {
  return error instanceof Error &&
    (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
      "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code));
}
