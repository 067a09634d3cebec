import { assertEquals } from "@std/assert";
import { parseAvfoundation, parseDshow } from "../../lib/camera/device/device_list.ts";

/**
 * A list that somebody's ffmpeg really printed, without its banner, and shortened to a few devices.
 */
interface Recording {
  ffmpeg: string;
  /** The address where it was published. */
  source: string;
  parse: typeof parseDshow;
  text: string;
  /** The devices in it: index, name, and ffmpeg's name to open it. */
  devices: [index: number, name: string, device: string][];
}

const RECORDINGS: Recording[] = [
  {
    ffmpeg: "2.6.3, macOS",
    source: "https://github.com/fcwu/desktop-mirror/issues/8",
    parse: parseAvfoundation,
    text: `
[AVFoundation input device @ 0x7fe781422c00] AVFoundation video devices:
[AVFoundation input device @ 0x7fe781422c00] [0] FaceTime HD Camera
[AVFoundation input device @ 0x7fe781422c00] [1] Capture screen 0
[AVFoundation input device @ 0x7fe781422c00] AVFoundation audio devices:
`,
    devices: [[0, "FaceTime HD Camera", "0"], [1, "Capture screen 0", "1"]],
  },
  {
    ffmpeg: "3.4, macOS, with virtual cameras",
    source: "https://github.com/cytopia/ffscreencast/issues/25",
    parse: parseAvfoundation,
    text: `
AVFoundation video devices:
[AVFoundation input device @ 0x7ff80b497440] [0] CamTwist
[AVFoundation input device @ 0x7ff80b497440] [1] Built-in iSight
[AVFoundation input device @ 0x7ff80b497440] [2] CamTwist (2VUY)
[AVFoundation input device @ 0x7ff80b497440] AVFoundation audio devices:
[AVFoundation input device @ 0x7ff80b497440] [0] Soundflower (64ch)
`,
    devices: [[0, "CamTwist", "0"], [1, "Built-in iSight", "1"], [2, "CamTwist (2VUY)", "2"]],
  },
  {
    ffmpeg: "of 2022, macOS",
    source: "https://github.com/sitespeedio/sitespeed.io/issues/3748",
    parse: parseAvfoundation,
    text: `
[AVFoundation indev @ 0x7fee1fe05980] AVFoundation video devices:
[AVFoundation indev @ 0x7fee1fe05980] [0] FaceTime HD Camera (Built-in)
[AVFoundation indev @ 0x7fee1fe05980] AVFoundation audio devices:
[AVFoundation indev @ 0x7fee1fe05980] [0] Microsoft Teams Audio
: Input/output error
`,
    devices: [[0, "FaceTime HD Camera (Built-in)", "0"]],
  },
  {
    ffmpeg: "of 2025, macOS 15, which warns before the list",
    source: "https://github.com/amiaopensource/homebrew-amiaos/issues/412",
    parse: parseAvfoundation,
    text: `
2025-07-21 15:14:27.070 ffmpeg[76503:1319020] WARNING: Add NSCameraUseContinuityCameraDeviceType to your Info.plist to use AVCaptureDeviceTypeContinuityCamera.
[AVFoundation indev @ 0x121606590] AVFoundation video devices:
[AVFoundation indev @ 0x121606590] [0] Dell Webcam WB5023
[AVFoundation indev @ 0x121606590] [1] FaceTime HD Camera
[AVFoundation indev @ 0x121606590] AVFoundation audio devices:
[AVFoundation indev @ 0x121606590] [0] BlackHole 2ch
[in#0 @ 0x600003ed8a00] Error opening input: Input/output error
Error opening input file .
Error opening input files: Input/output error
`,
    devices: [[0, "Dell Webcam WB5023", "0"], [1, "FaceTime HD Camera", "1"]],
  },
  {
    ffmpeg: "of 2021, macOS in Chinese",
    source: "https://www.drx-home.com/thread-1-29.html",
    parse: parseAvfoundation,
    text: `
[AVFoundation input device @ 0x7f8780c2d080] AVFoundation video devices:
[AVFoundation input device @ 0x7f8780c2d080] [0] FaceTime高清摄像头(内建)
[AVFoundation input device @ 0x7f8780c2d080] [1] Capture screen 0
[AVFoundation input device @ 0x7f8780c2d080] AVFoundation audio devices:
[AVFoundation input device @ 0x7f8780c2d080] [0] 外置麦克风
`,
    devices: [[0, "FaceTime高清摄像头(内建)", "0"], [1, "Capture screen 0", "1"]],
  },
  {
    ffmpeg: "5 or later, macOS, with a camera that is a microphone of the same name",
    source: "aicap for development, its README in Japanese",
    parse: parseAvfoundation,
    text: `
[AVFoundation indev @ 0x7f8b4af05000] AVFoundation video devices:
[AVFoundation indev @ 0x7f8b4af05000] [0] Microsoft® LifeCam HD-3000
[AVFoundation indev @ 0x7f8b4af05000] [1] Capture screen 0
[AVFoundation indev @ 0x7f8b4af05000] AVFoundation audio devices:
[AVFoundation indev @ 0x7f8b4af05000] [0] Microsoft® LifeCam HD-3000
`,
    devices: [[0, "Microsoft® LifeCam HD-3000", "0"], [1, "Capture screen 0", "1"]],
  },
  {
    ffmpeg: "3.2.4, Windows in Chinese",
    source: "https://blog.naturalwill.me/2017/05/05/ffmpeg-notes/",
    parse: parseDshow,
    text: String.raw`
[dshow @ 00000000001c23c0] DirectShow video devices (some may be both video and audio devices)
[dshow @ 00000000001c23c0] "Integrated Webcam"
[dshow @ 00000000001c23c0] Alternative name "@device_pnp_\\?\usb#vid_0c45&pid_6448&mi_00#7&2645f9e4&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 00000000001c23c0] "screen-capture-recorder"
[dshow @ 00000000001c23c0] Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{4EA69364-2C8A-4AE6-A561-56E4B5044439}"
[dshow @ 00000000001c23c0] DirectShow audio devices
[dshow @ 00000000001c23c0] "麦克风 (High Definition Audio 设备)"
[dshow @ 00000000001c23c0] Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{E26AD2BE-B335-41EC-BED5-40F982F21FF7}"
dummy: Immediate exit requested
`,
    devices: [
      [0, "Integrated Webcam", "Integrated Webcam"],
      [1, "screen-capture-recorder", "screen-capture-recorder"],
    ],
  },
  {
    ffmpeg: "of 2015, Windows",
    source: "https://blog.youkuaiyun.com/u013699869/article/details/48135575",
    parse: parseDshow,
    text: String.raw`
[dshow @ 0000000002f282c0] DirectShow video devices (some may be both video and audio devices)
[dshow @ 0000000002f282c0]  "HP Truevision HD"
[dshow @ 0000000002f282c0]     Alternative name "@device_pnp_\\?\usb#vid_1bcf&pid_2c0e&mi_00#7&2d59f11c&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 0000000002f282c0] DirectShow audio devices
[dshow @ 0000000002f282c0]  "Stereo Mix (IDT High Definition Audio CODEC)"
`,
    devices: [[0, "HP Truevision HD", "HP Truevision HD"]],
  },
  {
    ffmpeg: "of 2025, Windows, with a virtual camera that gives nothing yet",
    source: "https://github.com/tshino/softcam/issues/68",
    parse: parseDshow,
    text: String.raw`
[dshow @ 000001836119fd40] "DirectShow Softcam" (none)
[dshow @ 000001836119fd40]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\DirectShow Softcam"
[dshow @ 000001836119fd40] "OBS Virtual Camera" (video)
[dshow @ 000001836119fd40]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
`,
    devices: [[0, "OBS Virtual Camera", "OBS Virtual Camera"]],
  },
  {
    ffmpeg: "6.1 or later, Windows in Japanese",
    source: "https://zenn.dev/nobonobo/scraps/fc53eebf6c20b4",
    parse: parseDshow,
    text: String.raw`
[dshow @ 0000022ec0d07180] "USB Video" (video)
[dshow @ 0000022ec0d07180]   Alternative name "@device_pnp_\\?\usb#vid_534d&pid_2109&mi_00#7&adea634&0&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 0000022ec0d07180] "HD Pro Webcam C920" (video)
[dshow @ 0000022ec0d07180]   Alternative name "@device_pnp_\\?\usb#vid_046d&pid_082d&mi_00#7&2247c63&1&0000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global"
[dshow @ 0000022ec0d07180] "マイク (HD Pro Webcam C920)" (audio)
[dshow @ 0000022ec0d07180]   Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{01BCBAF0-1D2D-43DE-ABFD-281573E14036}"
[in#0 @ 0000022ec0d0be40] Error opening input: Immediate exit requested
Error opening input file .
`,
    devices: [
      [0, "USB Video", "USB Video"],
      [1, "HD Pro Webcam C920", "HD Pro Webcam C920"],
    ],
  },
  {
    ffmpeg: "of March 2026, Windows: the first words of its lines are others",
    source: "https://github.com/ShareX/ShareX/pull/8442",
    parse: parseDshow,
    text: String.raw`
[in#0 @ 000001bd07e70b00] "screen-capture-recorder" (video)
[in#0 @ 000001bd07e70b00]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{4EA69364-2C8A-4AE6-A561-56E4B5044439}"
[in#0 @ 000001bd07e70b00] "virtual-audio-capturer" (audio)
[in#0 @ 000001bd07e70b00]   Alternative name "@device_sw_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\{8E146464-DB61-4309-AFA1-3578E927E935}"
`,
    devices: [[0, "screen-capture-recorder", "screen-capture-recorder"]],
  },
];

Deno.test("the lists' readers read what was recorded on real machines", async (t) => {
  for (const { ffmpeg, source, parse, text, devices } of RECORDINGS) {
    await t.step(`${ffmpeg} (${source})`, () => {
      const read = (given: string): unknown =>
        parse(given).map(({ index, name, device }) => [index, name, device]);
      assertEquals(read(text), devices);
      assertEquals(read(text.replaceAll("\n", "\r\n")), devices, "with the line ends of Windows");
    });
  }
});

// Names as in https://github.com/JuliaIO/VideoIO.jl/issues/465
Deno.test("parseAvfoundation() tells two cameras of one name apart by their index", () => {
  const text = ["Teslong Camera", "FaceTime HD Camera", "Teslong Camera", "iPhone (165)Q Camera"]
    .map((name, i) => `[AVFoundation indev @ 0x1] [${i}] ${name}`).join("\n");
  const devices = parseAvfoundation(
    `[AVFoundation indev @ 0x1] AVFoundation video devices:\n${text}`,
  );
  assertEquals(devices.map(({ name, device }) => `${device} ${name}`), [
    "0 Teslong Camera",
    "1 FaceTime HD Camera",
    "2 Teslong Camera",
    "3 iPhone (165)Q Camera",
  ]);
});
