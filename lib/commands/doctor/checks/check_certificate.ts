import { readKeyPair, type TlsFiles } from "../../../server/tls/certificate.ts";
import { type Check, messageOf } from "../check.ts";

const NEEDED = "both must be in PEM, and the key without a passphrase";

/** Checks whether a certificate and its key can be used, as `serve` does. */
export async function checkCertificate(files: TlsFiles): Promise<Check> {
  const check = { name: "certificate", status: "fail" } as const;
  try {
    const { problem } = await readKeyPair(files);
    if (problem !== undefined) return { ...check, message: problem, remedy: "renew it" };
    const message = `The certificate in ${files.cert} is valid, and its key is in ${files.key}`;
    return { ...check, status: "ok", message };
  } catch (error) {
    const remedy = `name others with '--cert' and '--key': ${NEEDED}`;
    return { ...check, message: messageOf(error), remedy };
  }
}
