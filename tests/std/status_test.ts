import { assertEquals } from "@std/assert";
import { STATUS_CODE, STATUS_TEXT } from "@std/http/status";

Deno.test("STATUS_CODE names the codes of the RFCs", () => {
  const codes: [number, number, string][] = [
    [STATUS_CODE.SwitchingProtocols, 101, STATUS_TEXT[101]],
    [STATUS_CODE.OK, 200, STATUS_TEXT[200]],
    [STATUS_CODE.NoContent, 204, STATUS_TEXT[204]],
    [STATUS_CODE.SeeOther, 303, STATUS_TEXT[303]],
    [STATUS_CODE.NotModified, 304, STATUS_TEXT[304]],
    [STATUS_CODE.BadRequest, 400, STATUS_TEXT[400]],
    [STATUS_CODE.Unauthorized, 401, STATUS_TEXT[401]],
    [STATUS_CODE.Forbidden, 403, STATUS_TEXT[403]],
    [STATUS_CODE.NotFound, 404, STATUS_TEXT[404]],
    [STATUS_CODE.MethodNotAllowed, 405, STATUS_TEXT[405]],
    [STATUS_CODE.RequestTimeout, 408, STATUS_TEXT[408]],
    [STATUS_CODE.ContentTooLarge, 413, STATUS_TEXT[413]],
    [STATUS_CODE.UpgradeRequired, 426, STATUS_TEXT[426]],
    [STATUS_CODE.TooManyRequests, 429, STATUS_TEXT[429]],
    [STATUS_CODE.InternalServerError, 500, STATUS_TEXT[500]],
    [STATUS_CODE.ServiceUnavailable, 503, STATUS_TEXT[503]],
  ];
  for (const [code, expected] of codes) assertEquals(code, expected);
  assertEquals(codes.map(([, , text]) => text), [
    "Switching Protocols",
    "OK",
    "No Content",
    "See Other",
    "Not Modified",
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Method Not Allowed",
    "Request Timeout",
    "Content Too Large",
    "Upgrade Required",
    "Too Many Requests",
    "Internal Server Error",
    "Service Unavailable",
  ]);
});
