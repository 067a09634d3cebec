import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startSystemd, type Systemd } from "../../testutil/system/systemd.ts";
import { wscamArgs } from "../../testutil/program/wscam.ts";

async function shell(systemd: Systemd, script: string): Promise<string> {
  const { code, text } = await systemd.run("sh", "-euc", script);
  assertEquals(code, 0, text);
  return text.trim();
}

/** A certificate with its key, which only root can read. */
function issue(name: string, { cert, key }: { cert: string; key: string }): string {
  return `openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 30 \
    -subj /CN=${name} -keyout ${key} -out ${cert} 2>/dev/null; chmod 600 ${cert} ${key}`;
}

async function install(systemd: Systemd, ...options: string[]): Promise<string> {
  const own = ["--host", "127.0.0.1", "--port", "0", ...options];
  const { code, text } = await systemd.run(
    Deno.execPath(),
    ...wscamArgs("service", "install", "--", ...own),
  );
  assertEquals(code, 0, text);
  return text.match(/wss:\/\/127\.0\.0\.1:(\d+)/)?.[1] ?? "";
}

async function untilServed(systemd: Systemd, port: string, name: string): Promise<void> {
  const ask =
    `openssl s_client -connect 127.0.0.1:${port} </dev/null | openssl x509 -noout -subject`;
  await eventually(async () => {
    const { text } = await systemd.run("sh", "-c", ask);
    return new RegExp(`^subject=CN ?= ?${name}$`, "m").test(text);
  });
}

async function pidOf(systemd: Systemd): Promise<string> {
  return await shell(systemd, "systemctl show --value --property=MainPID wscam");
}

async function capabilities(systemd: Systemd, pid: string): Promise<string[]> {
  const text = await shell(systemd, `grep -E '^Cap(Eff|Amb)' /proc/${pid}/status`);
  return text.split("\n").map((line) => line.split("\t")[1] ?? "");
}

testWith(
  ["booted systemd", "openssl", "ffmpeg"],
  "a service of the system reads root's files where they lie, and takes up renewed ones",
  async (t) => {
    await using systemd = await startSystemd();
    const live = "/etc/letsencrypt/live/cam";
    let port = "";

    await t.step("a key and a token that only root can read", async () => {
      const first = { cert: "archive/cert1.pem", key: "archive/key1.pem" };
      await shell(
        systemd,
        `mkdir -p ${live}; cd ${live}; mkdir archive; chmod 700 /etc/letsencrypt /etc/letsencrypt/live
        ${issue("first", first)}; ln -s ${first.cert} cert.pem; ln -s ${first.key} key.pem
        mkdir -p /etc/wscam; umask 077; echo 'open sesame, whoever you are' >/etc/wscam/token
        ffmpeg -v error -f lavfi -i testsrc2=s=320x240:r=20:d=1 /srv/film.mp4; chmod 644 /srv/film.mp4`,
      );
      const files = ["--cert", `${live}/cert.pem`, "--key", `${live}/key.pem`];
      const camera = ["--camera", "/srv/film.mp4", "--encoder", "ffmpeg", "--always-on"];
      port = await install(systemd, ...files, ...camera, "--token-file", "/etc/wscam/token");
      await untilServed(systemd, port, "first");
      const ask = `curl -ks -o /dev/null -w '%{http_code}' https://127.0.0.1:${port}/cameras`;
      assertEquals(await shell(systemd, ask), "401");
      const header = "Authorization: Bearer open sesame, whoever you are";
      assertEquals(await shell(systemd, `${ask} -H '${header}'`), "200");
    });

    await t.step("the right to read them stays with the program itself", async () => {
      const pid = await pidOf(systemd);
      assertMatch((await capabilities(systemd, pid))[0] ?? "", /^0+4$/);
      // The ffmpeg that plays the film, not one that is queried for its features.
      const find = `for child in $(cat /proc/${pid}/task/*/children); do
        grep -q mpjpeg /proc/$child/cmdline && echo $child; done || true`;
      const child = await eventually(() => shell(systemd, find));
      for (const set of await capabilities(systemd, child)) assertMatch(set, /^0+$/);
    });

    await t.step("links that lead to another certificate", async () => {
      const pid = await pidOf(systemd);
      const second = { cert: "archive/cert2.pem", key: "archive/key2.pem" };
      await shell(
        systemd,
        `cd ${live}; ${issue("second", second)}
        ln -sfn ${second.cert} cert.pem; ln -sfn ${second.key} key.pem`,
      );
      await untilServed(systemd, port, "second");
      assertEquals(await pidOf(systemd), pid, "without a restart");
    });

    await t.step("files in a folder that is hidden from services", async () => {
      const folder = "/root/.acme.sh/cam";
      const [here, there] = ["third", "new"].map((name) => ({
        cert: `${folder}/${name}.cer`,
        key: `${folder}/${name}.key`,
      }));
      assert(here && there);
      await shell(systemd, `umask 077; mkdir -p ${folder}; ${issue("third", here)}`);
      port = await install(systemd, "--camera", "test", "--cert", here.cert, "--key", here.key);
      await untilServed(systemd, port, "third");
      await shell(
        systemd,
        `${issue("fourth", there)}; mv ${there.cert} ${here.cert}; mv ${there.key} ${here.key}`,
      );
      await untilServed(systemd, port, "fourth");
      await shell(systemd, `${issue("fifth", here)}`);
      await untilServed(systemd, port, "fifth");
    });
  },
);
