/**
 * The HTTP status codes that wscam answers with, as in `@std/http/status`.
 *
 * @module
 */

/** Status codes by name. */
export const STATUS_CODE = {
  /** RFC 9110, 15.2.2 */
  SwitchingProtocols: 101,
  /** RFC 9110, 15.3.1 */
  OK: 200,
  /** RFC 9110, 15.3.5 */
  NoContent: 204,
  /** RFC 9110, 15.4.4 */
  SeeOther: 303,
  /** RFC 9110, 15.4.5 */
  NotModified: 304,
  /** RFC 9110, 15.5.1 */
  BadRequest: 400,
  /** RFC 9110, 15.5.2 */
  Unauthorized: 401,
  /** RFC 9110, 15.5.4 */
  Forbidden: 403,
  /** RFC 9110, 15.5.5 */
  NotFound: 404,
  /** RFC 9110, 15.5.6 */
  MethodNotAllowed: 405,
  /** RFC 9110, 15.5.9 */
  RequestTimeout: 408,
  /** RFC 9110, 15.5.10 */
  Conflict: 409,
  /** RFC 9110, 15.5.14 */
  ContentTooLarge: 413,
  /** RFC 9110, 15.5.15 */
  URITooLong: 414,
  /** RFC 9110, 15.5.22 */
  UpgradeRequired: 426,
  /** RFC 6585, 4 */
  TooManyRequests: 429,
  /** RFC 6585, 5 */
  RequestHeaderFieldsTooLarge: 431,
  /** RFC 9110, 15.6.1 */
  InternalServerError: 500,
  /** RFC 9110, 15.6.4 */
  ServiceUnavailable: 503,
} as const;

/** One of the codes above. */
export type StatusCode = typeof STATUS_CODE[keyof typeof STATUS_CODE];

/** The reason phrase of each code. */
export const STATUS_TEXT = {
  [STATUS_CODE.SwitchingProtocols]: "Switching Protocols",
  [STATUS_CODE.OK]: "OK",
  [STATUS_CODE.NoContent]: "No Content",
  [STATUS_CODE.SeeOther]: "See Other",
  [STATUS_CODE.NotModified]: "Not Modified",
  [STATUS_CODE.BadRequest]: "Bad Request",
  [STATUS_CODE.Unauthorized]: "Unauthorized",
  [STATUS_CODE.Forbidden]: "Forbidden",
  [STATUS_CODE.NotFound]: "Not Found",
  [STATUS_CODE.MethodNotAllowed]: "Method Not Allowed",
  [STATUS_CODE.RequestTimeout]: "Request Timeout",
  [STATUS_CODE.Conflict]: "Conflict",
  [STATUS_CODE.ContentTooLarge]: "Content Too Large",
  [STATUS_CODE.URITooLong]: "URI Too Long",
  [STATUS_CODE.UpgradeRequired]: "Upgrade Required",
  [STATUS_CODE.TooManyRequests]: "Too Many Requests",
  [STATUS_CODE.RequestHeaderFieldsTooLarge]: "Request Header Fields Too Large",
  [STATUS_CODE.InternalServerError]: "Internal Server Error",
  [STATUS_CODE.ServiceUnavailable]: "Service Unavailable",
} as const;
