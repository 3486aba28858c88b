/**
 * Keeps web pages out: the server listens on loopback, but any page that a browser on this machine
 * shows can send requests there, and can open WebSockets that no same-origin policy stops.
 *
 * @module
 */

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Why a request with these headers is refused, or null when it may pass. */
export function refuseForeignPage(headers: Headers): string | null {
  const host = headers.get("host");
  // A page whose name was made to point to 127.0.0.1 gives itself away by that name.
  if (host !== null && !isLoopback(`http://${host}`)) {
    return `Cannot serve host ${JSON.stringify(host)}: only 127.0.0.1 and localhost are served`;
  }
  const origin = headers.get("origin");
  if (origin !== null && !isLoopback(origin)) {
    return `Cannot serve pages of ${JSON.stringify(origin)}: only pages of this machine are served`;
  }
  return null;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK_HOSTS.has(new URL(url).hostname);
}
