/**
 * Something with a few members of its own and the rest as it was.
 *
 * @module
 */

/** `target`, but for the members that `own` has. Methods still run on what they belong to. */
export function over<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return Reflect.get(own, name);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
