/**
 * A broker's certificate, signed by an authority of its own, made with the JDK's keytool.
 *
 * @module
 */

import { join } from "node:path";
import type { KeyStore } from "./broker_settings.ts";
import { NativeBrokerError } from "./native_broker_error.ts";
import { lastLines, runProgram } from "./run_program.ts";

/** The files of a cluster's certificates. */
export interface Certificates {
  readonly keyStore: KeyStore;
  /** The authority's certificate, PEM: what a client must trust. */
  readonly authorityFile: string;
}

/** Longer than any cluster on a developer's machine lives. */
const VALID_DAYS = "3650";

/** The names by which clients on this machine reach the broker. */
const BROKER_NAMES = "san=dns:localhost,ip:127.0.0.1";

/** The certificates in a folder, made when they are not there yet. @throws {NativeBrokerError} `tool-failed` */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const store = join(directory, "broker.p12");
  const passwordFile = join(directory, "password");
  const authorityFile = join(directory, "authority.pem");
  try {
    const password = await Deno.readTextFile(passwordFile);
    return { keyStore: { file: store, password }, authorityFile };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(directory, { recursive: true });
  for (const name of ["authority.p12", "broker.p12"]) await remove(join(directory, name));
  const password = crypto.randomUUID();
  await signBroker(directory, password);
  // Written last, so that what was interrupted is made again.
  await Deno.writeTextFile(passwordFile, password, { mode: 0o600 });
  return { keyStore: { file: store, password }, authorityFile };
}

async function signBroker(directory: string, password: string): Promise<void> {
  const path = (name: string) => join(directory, name);
  const authority = ["-keystore", path("authority.p12"), "-alias", "authority"];
  const broker = ["-keystore", path("broker.p12"), "-alias", "broker"];
  const key = ["-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", VALID_DAYS];
  const run = (...args: readonly string[]) => keytool(args, password);
  await run(...key, ...authority, "-dname", "CN=Outcry test authority", "-ext", "bc:c=ca:true");
  await run("-exportcert", "-rfc", ...authority, "-file", path("authority.pem"));
  await run(...key, ...broker, "-dname", "CN=localhost", "-ext", BROKER_NAMES);
  await run("-certreq", ...broker, "-file", path("broker.csr"));
  await run(
    ...["-gencert", "-rfc", ...authority, "-infile", path("broker.csr")],
    ...["-outfile", path("broker.pem"), "-validity", VALID_DAYS, "-ext", BROKER_NAMES],
  );
  const trusted = [...broker.slice(0, 2), "-alias", "authority"];
  await run("-importcert", "-noprompt", ...trusted, "-file", path("authority.pem"));
  await run("-importcert", "-noprompt", ...broker, "-file", path("broker.pem"));
}

async function keytool(args: readonly string[], password: string): Promise<void> {
  const result = await runProgram("keytool", {
    args: [...args, "-storetype", "PKCS12", "-storepass:env", "STORE_PASSWORD"],
    env: { STORE_PASSWORD: password },
  });
  if (result?.code === 0) return;
  const state = result === null
    ? 'there is no program "keytool"'
    : `keytool ended with exit code ${result.code}:\n${
      lastLines(result.stdout + result.stderr, 5)
    }`;
  throw new NativeBrokerError(
    "tool-failed",
    `Cannot make the broker's certificate: ${state}; it comes with the JDK`,
  );
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
