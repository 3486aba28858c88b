/** A worker that tries to write a file it was not given. */
import { hostActor } from "../../../actors/runtime/worker_host.ts";

hostActor<{ readonly path: string }>(async ({ options }) => {
  await Deno.writeTextFile(options.path, "forged");
  throw new Error("it could be written");
});
