import { assertEquals, assertStringIncludes } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startSystemd, type Systemd } from "../../testutil/system/systemd.ts";
import { wscamArgs } from "../../testutil/program/wscam.ts";

const TOKEN = "open sesame whoever you are";

async function shell(systemd: Systemd, script: string): Promise<string> {
  const { code, text } = await systemd.run("sh", "-euc", script);
  assertEquals(code, 0, text);
  return text.trim();
}

testWith(
  ["booted systemd"],
  "a service of the system takes its file up again, and keeps what control sets",
  async (t) => {
    await using systemd = await startSystemd();
    const file = "/etc/wscam/wscam.yaml";
    let url = "";
    const names = async (): Promise<string> => {
      const answer = await fetch(`${url}/cameras?token=${encodeURIComponent(TOKEN)}`);
      const cameras: { name: string }[] = await answer.json();
      return cameras.map(({ name }) => name).join();
    };
    const pid = () => shell(systemd, "systemctl show --value --property=MainPID wscam");
    const settings = async (set: Record<string, unknown>): Promise<string> => {
      const ws = url.replace("http", "ws");
      await using viewer = await openViewer(`${ws}/?token=${encodeURIComponent(TOKEN)}`);
      viewer.command({ type: "control", id: 7, camera: "a", set });
      const answer = await eventually(
        () => viewer.messages.map((each) => JSON.stringify(each)).find((e) => e.includes('"id":7')),
      );
      assertStringIncludes(answer, '"controlled"');
      return answer;
    };
    const readUrl = (text: string): string => {
      return text.match(/page (http:\/\/127\.0\.0\.1:\d+)/)?.[1] ?? "";
    };

    await t.step(
      "a file that only root can read, with a variable of the one who installs",
      async () => {
        await shell(
          systemd,
          `umask 077; mkdir -p /etc/wscam; cat >${file} <<'END'
host: 127.0.0.1
port: 0
resolution: 64x48
token: \${DOOR_TOKEN}
cameras:
  a: test
END`,
        );
        const command = [
          Deno.execPath(),
          ...wscamArgs("service", "install", "--", "--config", file),
        ];
        const { code, text } = await systemd.run("env", `DOOR_TOKEN=${TOKEN}`, ...command);
        assertEquals(code, 0, text);
        url = readUrl(text);
        assertEquals(await names(), "a");
        const unit = await shell(systemd, "cat /etc/systemd/system/wscam.service");
        assertEquals(unit.includes(TOKEN), false);
      },
    );

    await t.step("sed -i, and mv", async () => {
      const before = await pid();
      await shell(systemd, `sed -i '$a\\  b: test' ${file}`);
      await eventually(async () => await names() === "a,b");
      await shell(systemd, `grep -v '  b:' ${file} >/etc/wscam/new; mv /etc/wscam/new ${file}`);
      await eventually(async () => await names() === "a");
      assertEquals(await pid(), before);
    });

    await t.step("systemctl reload", async () => {
      const before = await pid();
      const count = () => shell(systemd, "journalctl -u wscam -o cat | grep -c 'was reloaded'");
      const told = Number(await count());
      await shell(systemd, "systemctl reload wscam");
      await eventually(async () => Number(await count()) > told);
      assertEquals(await pid(), before);
    });

    await t.step("what control has set is in force after a restart", async () => {
      await settings({ fps: 3 });
      await shell(systemd, "systemctl restart wscam");
      const text = await eventually(async () => {
        const said = await shell(
          systemd,
          "journalctl -u wscam -o cat _PID=$(systemctl show --value --property=MainPID wscam)",
        );
        return readUrl(said) === "" ? undefined : said;
      });
      url = readUrl(text);
      assertStringIncludes(await settings({}), '"fps":3');
    });

    await t.step("uninstall leaves the user's file alone, and no state", async () => {
      const { code, text } = await systemd.run(
        Deno.execPath(),
        ...wscamArgs("service", "uninstall"),
      );
      assertEquals(code, 0, text);
      const left = await systemd.run(
        "sh",
        "-c",
        "ls -d /etc/wscam/* /var/lib/*wscam* /var/lib/private/*wscam*",
      );
      assertEquals(left.text.split("\n")[0], file);
      assertEquals(left.text.includes("wscam-state\n"), false, left.text);
    });
  },
);
