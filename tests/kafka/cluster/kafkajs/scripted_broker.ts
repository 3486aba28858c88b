/**
 * A listener that answers a client's bytes as a script says.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Answers one request; null hangs up, and nothing at all waits. */
export type Script = (request: {
  readonly bytes: Buffer;
  readonly apiKey: number;
  readonly correlationId: number;
}) => Uint8Array | null | undefined;

/** Listens on a port of its own until it is disposed of; in TLS when it has a certificate. */
export function startScriptedBroker(
  script: Script,
  certificate?: { readonly cert: string; readonly key: string },
): AsyncDisposable & { readonly name: string } {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener = certificate === undefined
    ? Deno.listen(address)
    : Deno.listenTls({ ...address, ...certificate });
  const open = new Set<Deno.Conn>();
  const serve = async (connection: Deno.Conn) => {
    open.add(connection);
    const chunk = new Uint8Array(65_536);
    try {
      for (let read; (read = await connection.read(chunk)) !== null;) {
        const answer = script(requestOf(Buffer.from(chunk.subarray(0, read))));
        if (answer === null) break;
        if (answer !== undefined) await connection.write(answer);
      }
    } catch {
      // The client hung up: that is the test's business, and not ours.
    }
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // Closed by the end of the test already.
    }
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection));
  })();
  return {
    name: `127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

/** An answer with its length and correlation id in front. */
export function answerTo(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 4, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

/** Says that every kind of request is spoken in versions 0 to 20. */
export function versionsAnswer(correlationId: number): Buffer {
  const body = Buffer.alloc(2 + 4 + 70 * 6 + 4);
  body.writeInt32BE(70, 2);
  for (let apiKey = 0; apiKey < 70; apiKey++) {
    body.writeInt16BE(apiKey, 6 + apiKey * 6);
    body.writeInt16BE(20, 10 + apiKey * 6);
  }
  return answerTo(correlationId, body);
}

function requestOf(bytes: Buffer) {
  const whole = bytes.length >= 12;
  return {
    bytes,
    apiKey: whole ? bytes.readInt16BE(4) : -1,
    correlationId: whole ? bytes.readInt32BE(8) : -1,
  };
}
