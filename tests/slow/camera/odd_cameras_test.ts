import { assertEquals, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { type OddCameraOptions, oddEnv, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { runWscam, startWscam } from "../../testutil/program/wscam.ts";

interface Case {
  /** The camera. */
  camera: OddCameraOptions;
  /** The options of the server. */
  size: string;
  fps: string;
  /** The line of `cameras` about it. */
  listed: RegExp;
  /** The words of `doctor`. */
  doctor: RegExp;
  /** Some of the sizes that `control` offers. */
  offers: string[];
}

/** Cameras like those that people have. Only the modes that the test asks for are drawn. */
const CAMERAS: Record<string, Case> = {
  "a C920: YUYV, MJPG and H264 in all sizes": {
    camera: {
      card: "HD Pro Webcam C920",
      formats: [
        { fourcc: "YUYV", sizes: ["640x480 1/30", "1280x720 1/10", "1920x1080 1/5"], drawn: [] },
        { fourcc: "H264", sizes: ["640x480 1/30", "1920x1080 1/30"], drawn: [] },
        { fourcc: "MJPG", sizes: ["640x480 1/30", "1920x1080 1/30"], drawn: ["1920x1080"] },
      ],
    },
    size: "1920x1080",
    fps: "30",
    listed: /mjpeg: 640x480 at 30, 1920x1080 at 30\n/,
    doctor: /offers 1920x1080 as .*mjpeg/,
    offers: ["640x480", "1280x720", "1920x1080"],
  },
  "a C270: 720p fast enough only as MJPG": {
    camera: {
      card: "UVC Camera (046d:0825)",
      formats: [
        { fourcc: "YUYV", sizes: ["640x480 1/30", "1280x960 2/15", "1280x720 2/15"], drawn: [] },
        { fourcc: "MJPG", sizes: ["640x480 1/30", "1280x720 1/30"], drawn: ["1280x720"] },
      ],
    },
    size: "1280x720",
    fps: "15",
    listed: /yuyv422: 640x480 at 30, 1280x960 at 7.5, 1280x720 at 7.5\n/,
    doctor: /offers 1280x720 as yuyv422 at 7.5, mjpeg at 30/,
    offers: ["1280x960"],
  },
  "a Pi camera through the old driver: ranges": {
    camera: {
      card: "mmal service 16.1",
      formats: [
        { fourcc: "YU12", sizes: ["step 32x32 2592x1944 2x2 1/30"], drawn: ["640x480"] },
        { fourcc: "H264", sizes: ["step 32x32 2592x1944 2x2 1/30"], drawn: [] },
      ],
    },
    size: "640x480",
    fps: "10",
    listed: /yuv420p: 32x32 to 2592x1944\n/,
    doctor: /offers 640x480 as yuv420p/,
    offers: ["640x480", "1280x720", "1920x1080", "2592x1944"],
  },
  "an EasyCap: UYVY in television's sizes, and no rates": {
    camera: {
      card: "stk1160",
      formats: [{ fourcc: "UYVY", sizes: ["720x480", "720x576"] }],
      lines: ["driver stk1160", "noparm"],
    },
    size: "720x576",
    fps: "10",
    listed: /uyvy422: 720x480, 720x576\n/,
    doctor: /offers 720x576 as uyvy422/,
    offers: ["720x480", "720x576"],
  },
  "a RealSense's colour": {
    camera: {
      card: "Intel(R) RealSense(TM) Depth Ca",
      formats: [
        { fourcc: "YUYV", sizes: ["640x480 1/30 1/15 1/6", "1920x1080 1/8"], drawn: ["640x480"] },
        { fourcc: "BYR2", sizes: ["1920x1080 1/30"], drawn: [] },
      ],
    },
    size: "640x480",
    fps: "10",
    listed: /BYR2 \(ffmpeg can't read it\): 1920x1080 at 30\n/,
    doctor: /offers 640x480 as yuyv422/,
    offers: ["640x480", "1920x1080"],
  },
  "an infrared camera: grey alone": {
    camera: {
      card: "Integrated IR Camera",
      formats: [{ fourcc: "GREY", sizes: ["640x360 1/15"] }],
    },
    size: "640x360",
    fps: "5",
    listed: /gray: 640x360 at 15\n/,
    doctor: /offers 640x360 as gray/,
    offers: ["640x360"],
  },
  "a USB 3 grabber: NV12 and RGB": {
    camera: {
      card: "USB3 Video",
      formats: [
        { fourcc: "NV12", sizes: ["1920x1080 1/60 1/30", "1280x720 1/60"], drawn: ["1280x720"] },
        { fourcc: "BGR3", sizes: ["1280x720 1/10"], drawn: [] },
      ],
    },
    size: "1280x720",
    fps: "5",
    listed: /nv12: 1920x1080 at 60\/30, 1280x720 at 60\n/,
    doctor: /offers 1280x720 as nv12/,
    offers: ["1280x720", "1920x1080"],
  },
  "a loopback that is fed: every size": {
    camera: {
      card: "OBS Virtual Camera",
      formats: [{ fourcc: "YU12", sizes: ["step 2x1 8192x8192 1x1 1/30"], drawn: ["640x480"] }],
      lines: ["driver v4l2 loopback"],
    },
    size: "640x480",
    fps: "10",
    listed: /yuv420p: 2x1 to 8192x8192\n/,
    doctor: /offers 640x480 as yuv420p/,
    offers: ["640x480", "3840x2160"],
  },
};

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "cameras as people have them, from every side",
  async (t) => {
    for (
      const [name, { camera: options, size, fps, listed, doctor, offers }] of Object.entries(
        CAMERAS,
      )
    ) {
      await t.step(name, async () => {
        await using camera = await startOddCamera(options);
        const args = ["-c", camera.path, "-r", size, "--fps", fps];
        const { stdout } = await runWscam(["cameras"], camera.env);
        assertMatch(stdout, listed);
        assertEquals(stdout.includes(`${camera.index}  ${options.card}  (${camera.path})`), true);
        const looked = await runWscam(["doctor", ...args, "--port", "0"], camera.env);
        assertMatch(looked.stdout, doctor);
        assertMatch(looked.stdout, new RegExp(`delivers ${size}`));
        await using server = await startWscam(args, { env: camera.env });
        await using viewer = await openViewer(server.ws);
        await eventually(() => viewer.images().length > 1);
        const { width, height } = jpegSize(decodeBase64(viewer.images()[0]?.data ?? "")) ?? {};
        assertEquals(`${width}x${height}`, size);
        viewer.command({ type: "control", id: 1 });
        const answer = await eventually(() =>
          viewer.messages.find((each) => "id" in each && each.id === 1)
        );
        const { controls } = JSON.parse(JSON.stringify(answer));
        const choices = controls.resolution.choices.map(({ value }: { value: string }) => value);
        assertEquals(offers.filter((each) => !choices.includes(each)), [], choices.join());
      });
    }
  },
);

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "two cameras of one name are told apart by their place",
  async () => {
    const formats = [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }];
    await using some = await startOddCamera({ card: "Twin Camera", formats });
    await using other = await startOddCamera({ card: "Twin Camera", formats });
    // A number that another test has left may be lower.
    const [one, two] = some.index < other.index ? [some, other] : [other, some];
    const folder = "/dev/v4l/by-path";
    await Deno.mkdir(folder, { recursive: true });
    const links = [one, two].map(({ index }) => `${folder}/wscam-test-${index}-video-index0`);
    await Promise.all([one, two].map(({ path }, i) => Deno.symlink(path, links[i] ?? "")));
    const sysfs = one.env["ODDCAM_SYSFS"];
    for (const what of ["name", "index"]) {
      const file = `video${two.index}.${what}`;
      await Deno.copyFile(`${two.env["ODDCAM_SYSFS"]}/${file}`, `${sysfs}/${file}`);
    }
    const env = oddEnv(one, two);
    try {
      const { stdout } = await runWscam(["cameras"], env);
      for (const [i, { index, path }] of [one, two].entries()) {
        assertEquals(
          stdout.includes(`${index}  Twin Camera  (${path}, ${links[i]})\n`),
          true,
          stdout,
        );
      }
      const says = new RegExp(
        `is ambiguous: 2 cameras are called 'Twin Camera'.*: ${links.join(", ")}`,
      );
      const doctor = await runWscam(["doctor", "-c", "Twin Camera", "--port", "0"], env);
      assertMatch(doctor.stdout + doctor.stderr, says);
      await using server = await startWscam(["-c", "a=Twin", "-c", `b=${links[1]}`], { env });
      await using unclear = await openViewer(`${server.ws}/?camera=a`);
      await using clear = await openViewer(`${server.ws}/?camera=b`);
      await eventually(() => clear.images().length > 0);
      await eventually(() => unclear.errors().length > 0);
      assertMatch(unclear.errors()[0]?.message ?? "", says);
    } finally {
      await Promise.all(links.map((link) => Deno.remove(link)));
    }
  },
);
