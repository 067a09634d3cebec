import { assertEquals, assertExists } from "@std/assert";
import {
  type AccessFacts,
  accessRemedy,
  readAccess,
} from "../../../lib/camera/device/device_access.ts";

/** A user who isn't in the device's group. */
const FACTS: AccessFacts = {
  gid: 44,
  mode: 0o20660,
  uid: 1000,
  groups: "root:x:0:\nvideo:x:44:bob,anna\nrender:x:104:\n",
  users: "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
  status: "Name:\tdeno\nPPid:\t77\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\n" +
    "Groups:\t24 27 1000 \n",
  cgroup: "0::/user.slice/user-1000.slice/session-3.scope\n",
};

Deno.test("accessRemedy() says what to do", async (t) => {
  const unit = {
    status: FACTS.status.replace("77", "1"),
    cgroup: "0::/system.slice/cam.service\n",
  };
  const cases: Record<string, [Partial<AccessFacts>, string]> = {
    "not in the group": [
      {},
      "join the group 'video' (sudo usermod -aG video alice) and log in again",
    ],
    "another group": [
      { gid: 104 },
      "join the group 'render' (sudo usermod -aG render alice) and log in again",
    ],
    "a group without a name": [
      { gid: 999 },
      "join the group '999' (sudo usermod -aG 999 alice) and log in again",
    ],
    "a user without a name": [
      { uid: 1234 },
      "join the group 'video' (sudo usermod -aG video $USER) and log in again",
    ],
    "in the group since": [
      { groups: "video:x:44:bob,alice\n" },
      "you are already in its group 'video': log in again",
    ],
    "in the group, and refused all the same": [
      { status: FACTS.status.replace("24", "44") },
      "see who may use it with 'ls -l /dev/video0'",
    ],
    "a device for its owner alone": [
      { mode: 0o20600, gid: 0 },
      "let its group use it (sudo chgrp video /dev/video0 && sudo chmod g+rw /dev/video0)",
    ],
    "root": [
      { uid: 0 },
      "not even root may use it here; in a container, start it with '--device /dev/video0'",
    ],
    "a system service": [
      unit,
      "add 'SupplementaryGroups=video' to cam.service (sudo systemctl edit cam.service)",
    ],
    "a system service, as control groups were before": [
      { ...unit, cgroup: "9:name=systemd:/system.slice/cam.service\n8:pids:/\n" },
      "add 'SupplementaryGroups=video' to cam.service (sudo systemctl edit cam.service)",
    ],
    "started by a service such as cron": [
      { cgroup: unit.cgroup },
      "join the group 'video' (sudo usermod -aG video alice) and log in again",
    ],
  };
  for (const [name, [facts, remedy]] of Object.entries(cases)) {
    await t.step(name, () => {
      assertEquals(accessRemedy("/dev/video0", { ...FACTS, ...facts }), remedy);
    });
  }
});

Deno.test("accessRemedy() says what helps most when nothing is known", () => {
  assertEquals(
    accessRemedy("/dev/video0", undefined),
    "join the group 'video' (sudo usermod -aG video $USER) and log in again",
  );
});

Deno.test("readAccess() looks at the device and at this process", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const facts = await readAccess("/dev/null");
  assertExists(facts);
  assertEquals([facts.gid, facts.mode & 0o777], [0, 0o666]);
  assertEquals(facts.uid, Deno.uid());
  assertEquals(/^root:/m.test(facts.users) && /^root:/m.test(facts.groups), true);
  assertEquals(/^Groups:/m.test(facts.status), true);
  assertEquals(await readAccess("/dev/not-there"), undefined);
});
