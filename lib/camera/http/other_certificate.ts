/** The server's certificate is not the one that was named. */
export class OtherCertificate extends Error {
  /** The SHA-256 of the server's certificate, as 64 hexadecimal digits. */
  readonly fingerprint: string;

  constructor(fingerprint: string) {
    super(`Another certificate: ${fingerprint}`);
    this.fingerprint = fingerprint;
  }
}
