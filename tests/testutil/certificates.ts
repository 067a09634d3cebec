/** A certificate in files. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of our own, in a folder that goes when it is disposed of. */
export interface TestAuthority extends AsyncDisposable {
  readonly folder: string;
  /** Its own certificate, which clients are told to trust. */
  readonly file: string;
  /** Makes a certificate for this machine. */
  issue(name: string, options?: { days?: number }): Promise<TestCertificate>;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const FOR_SERVERS = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n" +
  "extendedKeyUsage=serverAuth\n";

/** Makes an authority with openssl. */
export async function createAuthority(): Promise<TestAuthority> {
  const folder = await Deno.makeTempDir({ prefix: "wscam-tls-" });
  const at = (name: string): string => `${folder}/${name}`;
  await openssl("req", "-x509", ...NEW_KEY, "-keyout", at("ca.key"), "-out", at("ca.crt"), ...[
    ...["-days", "30", "-subj", "/CN=wscam test authority"],
    ...["-addext", "keyUsage=critical,keyCertSign"],
  ]);
  await Deno.writeTextFile(at("extensions"), FOR_SERVERS);
  return {
    folder,
    file: at("ca.crt"),
    async issue(name, { days = 30 } = {}) {
      const [cert, key, request] = [at(`${name}.crt`), at(`${name}.key`), at(`${name}.csr`)];
      await openssl("req", ...NEW_KEY, "-keyout", key, "-out", request, "-subj", `/CN=${name}`);
      await openssl("x509", "-req", "-in", request, "-out", cert, "-days", String(days), ...[
        ...["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial"],
        ...["-extfile", at("extensions")],
      ]);
      return { cert, key };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, stdin: "null" }).output();
  if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
