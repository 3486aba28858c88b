/**
 * Modules that are loaded when they are first needed, and at hand from then on: another `import()` of a
 * module that is there still takes turns of the event loop, which virtual time does not give.
 *
 * @module
 */

/** Gives a module, at once when it has been loaded. */
export type LazyModule<Module> = () => Module | Promise<Module>;

/** Makes a {@link LazyModule} of what loads it. */
export function lazyModule<Module>(load: () => Promise<Module>): LazyModule<Module> {
  let module: Module | null = null;
  return () => module ?? load().then((loaded) => (module = loaded));
}
