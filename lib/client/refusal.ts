/** Why there is no connection. */
export interface ConnectFailure {
  /** In words that say what to do, if that is known. */
  reason: string;
  /** Whether the server answered and refused: asking again soon may only make it worse. */
  isFinal: boolean;
}

/** Explains what a status from the server means (see the access rules, and the seats). */
const STATUSES: Readonly<Record<string, string>> = {
  "401": "the server needs its token: put the right '?token=…' after the address",
  "403": "the server refuses: the link has ended or is for another camera, " +
    "or it doesn't answer to this name (its '--allow-origin')",
  "404": "there is no such page",
  "429": "the server refuses for a minute: too many wrong tokens came from this address",
  "503": "the server has as many viewers as it allows",
};

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/lookup address|dns error/i, "there is no host of that name"],
  [/tcp connect error/i, "nothing answers there"],
  [
    /invalid HTTP version/i,
    "the server there doesn't speak plain HTTP: try wss:// instead of ws://",
  ],
  [/corrupt message/i, "the server there doesn't speak TLS: try ws:// instead of wss://"],
  [
    /not valid for name|NotValidForName/i,
    "the certificate is for another name: connect to a name in it, or make one for this name",
  ],
  [
    /NotValidYet|not valid yet/i,
    "the certificate is not valid yet: check the clocks here and there",
  ],
  [/Expired/i, "the certificate has expired: renew it on the server, or check the clock here"],
  [
    /CaUsedAsEndEntity/,
    "the certificate is self-signed, which no option makes trusted: " +
    "use one that an authority of your own has signed",
  ],
  [/opening CA file/i, "the file that DENO_CERT names can't be read"],
  [
    /certificate|UnknownIssuer/i,
    "the certificate isn't trusted here: set DENO_CERT to the file of its authority's certificate",
  ],
];

/** What the runtime says in place of a status if TLS led to HTTP/2: any refusal. */
const REFUSED_OVER_HTTP2 = /stream error received/i;

/** Rephrases the runtime's error for a connection that failed. */
export function explainRefusal(failure: string): ConnectFailure {
  const text = failure.replace(/^NetworkError: (failed to connect to WebSocket: )?/, "");
  const [, status] = text.match(/^Invalid status code: (\d{3})$/) ?? [];
  if (REFUSED_OVER_HTTP2.test(text)) {
    const reason = "the server refuses: it needs its token ('?token=…' after the address), " +
      "the link has ended or is for another camera, or too many are connected";
    return { reason, isFinal: true };
  }
  if (status === undefined) {
    const [, words = text] = FAILURES.find(([pattern]) => pattern.test(text)) ?? [];
    return { reason: words, isFinal: false };
  }
  const words = STATUSES[status] ?? "the server doesn't speak WebSocket there";
  return { reason: `${words} (HTTP ${status})`, isFinal: /^4/.test(status) };
}
