/** A certificate in files. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Days for which it is valid; below 0 for one that has expired. @default {30} */
  days?: number;
  /** The names that it is for. @default {"IP:127.0.0.1,DNS:localhost"} */
  names?: string;
  /** Options of openssl for its key. @default {NEW_KEY} */
  newKey?: readonly string[];
}

/** An authority of our own, in a folder that goes when it is disposed of. */
export interface TestAuthority extends AsyncDisposable {
  readonly folder: string;
  /** Its own certificate, which clients trust. */
  readonly file: string;
  /** Makes a certificate; without options, one for this machine that is valid for a month. */
  issue(name: string, options?: IssueOptions): Promise<TestCertificate>;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const LOCAL = "IP:127.0.0.1,DNS:localhost";
const FOR_SERVERS = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";

/** Makes an authority with openssl. */
export async function createAuthority(): Promise<TestAuthority> {
  const folder = await Deno.makeTempDir({ prefix: "wscam-tls-" });
  const at = (name: string): string => `${folder}/${name}`;
  await openssl(
    "req",
    "-x509",
    ...NEW_KEY,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.crt"),
    "-days",
    "30",
    "-subj",
    "/CN=wscam test authority",
    "-addext",
    "keyUsage=critical,keyCertSign",
  );
  return {
    folder,
    file: at("ca.crt"),
    async issue(name, { days = 30, names = LOCAL, newKey = NEW_KEY } = {}) {
      const [cert, key, request] = [at(`${name}.crt`), at(`${name}.key`), at(`${name}.csr`)];
      const extensions = at(`${name}.ext`);
      await Deno.writeTextFile(extensions, `${FOR_SERVERS}subjectAltName=${names}\n`);
      await openssl("req", ...newKey, "-keyout", key, "-out", request, "-subj", `/CN=${name}`);
      await openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-out",
        cert,
        "-days",
        String(days),
        "-CA",
        at("ca.crt"),
        "-CAkey",
        at("ca.key"),
        "-CAcreateserial",
        "-extfile",
        extensions,
      );
      return { cert, key };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Runs openssl. */
export async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, stdin: "null" }).output();
  if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
