/**
 * A TCP relay to a broker that can lose one of its answers.
 *
 * @module
 */

/** A relay that can cut a connection when the broker's answer comes, instead of passing it on. */
export function answerLosingRelay(target: string) {
  const [hostname, port] = [target.replace(/:\d+$/, ""), Number(target.replace(/^.*:/, ""))];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const flows = new Set<Promise<void>>();
  let losing = false;
  let lost = 0;

  const losingAnswers = () =>
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        if (!losing) return controller.enqueue(chunk);
        losing = false;
        lost++;
        controller.error(new Error("the answer is lost"));
      },
    });
  const relay = async (from: Deno.Conn) => {
    const to = await Deno.connect({ hostname, port });
    await Promise.allSettled([
      from.readable.pipeTo(to.writable),
      to.readable.pipeThrough(losingAnswers()).pipeTo(from.writable),
    ]);
  };
  const accepting = (async () => {
    for await (const connection of listener) flows.add(relay(connection));
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    loseNextAnswer: () => {
      losing = true;
    },
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(flows);
    },
  };
}
