import { assertEquals, assertRejects } from "@std/assert";
import {
  askControls,
  parseControls,
  setControls,
} from "../../../lib/camera/device/device_controls.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { testWith } from "../../testutil/needs.ts";

/*
 * Lines as versions of v4l2-ctl write them; the values are our own. Where such outputs were seen:
 * 1.12, without numbers: https://github.com/schmich/piriscope/issues/9
 * 1.16, a Raspberry Pi: https://github.com/showmewebcam/showmewebcam/issues/50 and
 * https://github.com/antmicro/pyvidctrl/issues/11
 * 1.22 and later: https://github.com/soyersoyer/cameractrls/issues/31 and
 * https://github.com/syntalos/syntalos/pull/157
 * other types: https://github.com/raymanfx/libv4l-rs/issues/98
 */

Deno.test("parseControls() reads what old versions write, without sections and numbers", () => {
  const text = `
                     brightness (int)    : min=0 max=100 step=1 default=50 value=55 flags=slider
                horizontal_flip (bool)   : default=0 value=1
           power_line_frequency (menu)   : min=0 max=3 default=1 value=2
				0: Disabled
				1: 50 Hz
				2: 60 Hz
				3: Auto
`;
  assertEquals(parseControls(text).controls, {
    brightness: { type: "integer", value: 55, default: 50, min: 0, max: 100, step: 1 },
    horizontal_flip: { type: "boolean", value: true, default: false },
    power_line_frequency: {
      type: "choice",
      value: 2,
      default: 1,
      choices: [
        { value: 0, label: "Disabled" },
        { value: 1, label: "50 Hz" },
        { value: 2, label: "60 Hz" },
        { value: 3, label: "Auto" },
      ],
    },
  });
});

Deno.test("parseControls() reads sections, numbers and menus of numbers", () => {
  const text = `
User Controls

                  color_effects 0x0098091f (menu)   : min=0 max=15 default=0 value=0
                                0: None
                                9: Solarization
                         rotate 0x00980922 (int)    : min=0 max=360 step=90 default=0 value=90 flags=modify-layout

Camera Controls

         exposure_time_absolute 0x009a0902 (int)    : min=1 max=10000 step=1 default=1000 value=800
             auto_exposure_bias 0x009a0913 (intmenu): min=0 max=2 default=1 value=1 (0 0x0)
				0: -4000 (0xfffffffffffff060)
				1: 0 (0x0)
				2: 4000 (0xfa0)
`;
  const { controls } = parseControls(text);
  assertEquals(Object.keys(controls), [
    "color_effects",
    "rotate",
    "exposure_time_absolute",
    "auto_exposure_bias",
  ]);
  assertEquals(controls["color_effects"]?.choices?.map(({ value }) => value), [0, 9]);
  assertEquals(controls["rotate"], {
    type: "integer",
    value: 90,
    default: 0,
    min: 0,
    max: 360,
    step: 90,
  });
  assertEquals(controls["auto_exposure_bias"], {
    type: "choice",
    value: 1,
    default: 1,
    choices: [
      { value: 0, label: "-4000 (0xfffffffffffff060)" },
      { value: 1, label: "0 (0x0)" },
      { value: 2, label: "4000 (0xfa0)" },
    ],
  });
});

Deno.test("parseControls() reads what new versions write of a UVC camera", () => {
  const text = `
User Controls

           power_line_frequency 0x00980918 (menu)   : min=0 max=2 default=2 value=1 (50 Hz)
				0: Disabled
				1: 50 Hz
				2: 60 Hz
      white_balance_temperature 0x0098091a (int)    : min=2000 max=6500 step=1 default=4000 value=4000 flags=inactive, has-min-max

Camera Controls

                  auto_exposure 0x009a0901 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)
				1: Manual Mode
				3: Aperture Priority Mode
                   pan_absolute 0x009a0908 (int)    : min=-36000 max=36000 step=3600 default=0 value=-7200
                  zoom_absolute 0x009a090d (int)    : min=100 max=500 step=1 default=100 value=120 flags=has-min-max
`;
  const { controls } = parseControls(text);
  assertEquals(controls["white_balance_temperature"]?.inactive, true);
  assertEquals(controls["auto_exposure"]?.value, 3);
  assertEquals(controls["auto_exposure"]?.inactive, undefined);
  assertEquals(controls["pan_absolute"], {
    type: "integer",
    value: -7200,
    default: 0,
    min: -36000,
    max: 36000,
    step: 3600,
  });
  assertEquals(controls["zoom_absolute"]?.max, 500);
});

Deno.test("parseControls() leaves out what can't be set", () => {
  const text = `
User Controls

                       strobe 0x009c0903 (button) : flags=disabled, write-only
                 pan_relative 0x009a0904 (int)    : min=-1 max=1 step=1 default=0 flags=write-only
                  temperature 0x00981920 (int)    : min=-20 max=90 step=1 default=0 value=26 flags=read-only, volatile
                   slave_mode 0x00981922 (bool)   : default=1 value=0 flags=grabbed
                    long_gone 0x00981923 (int)    : min=0 max=9 step=1 default=0 value=3 flags=disabled
                   radio_text 0x009b0906 (str)    : min=0 max=64 step=1 value='brightness (int) : value=1' flags=read-only
                 lens_shading 0x009819e2 (u8)     : min=0 max=255 step=1 default=0 [36] flags=has-payload
                    rectangle 0x009a1901 (unknown): type=107 value=unsupported payload type flags=has-payload
error 5 getting ext_ctrl Focus, Absolute
                    1: of no menu
`;
  assertEquals(parseControls(text).controls, {});
});

Deno.test("parseControls() reads buttons and strings, whatever is in them", () => {
  const text = `
                       strobe 0x009c0903 (button) : flags=write-only, execute-on-write
                    calibrate 0x009c0904 (button) : value=0 flags=inactive, write-only, execute-on-write
                   radio_text 0x009b0906 (str)    : min=0 max=64 step=1 value='brightness (int) : value=1'
                        title 0x009b0907 (str)    : min=2 max=8 step=2 value='it's' flags=has-payload
`;
  assertEquals(parseControls(text).controls, {
    strobe: { type: "button", value: null },
    calibrate: { type: "button", value: null, inactive: true },
    radio_text: { type: "string", value: "brightness (int) : value=1", min: 0, max: 64 },
    title: { type: "string", value: "it's", min: 2, max: 8 },
  });
});

Deno.test("parseControls() has a name for each, in whatever script the camera's are", () => {
  const text = `
                                0x00980900 (int)    : min=0 max=9 step=1 default=0 value=1
                                0x00980901 (bool)   : default=1 value=1
                              2 0x00980902 (int)    : min=0 max=9 step=1 default=0 value=2
                      lan_vital 0x00980903 (int)    : min=0 max=9 step=1 default=0 value=3
                     brightness 0x009a0906 (int)    : min=0 max=9 step=1 default=0 value=4
                     brightness 0x009a0907 (int)    : min=0 max=9 step=1 default=0 value=5
                                (int)    : min=0 max=9 step=1 default=0 value=6
`;
  const { controls, numbers } = parseControls(text);
  const values = Object.entries(controls).map(([name, { value }]) => [name, value]);
  assertEquals(values, [
    ["control_00980900", 1],
    ["control_00980901", true],
    ["control_00980902", 2],
    ["lan_vital", 3],
    ["brightness", 4],
    ["brightness_009a0907", 5],
  ]);
  // Of those with the same name, v4l2-ctl sets the last.
  assertEquals([...numbers], [
    ["control_00980900", undefined],
    ["control_00980901", "0x00980901"],
    ["control_00980902", "0x00980902"],
    ["brightness_009a0907", "0x009a0907"],
    ["brightness", undefined],
  ]);
  assertEquals([controls["brightness"]?.inactive, controls["lan_vital"]?.inactive], [
    true,
    undefined,
  ]);
});

Deno.test("parseControls() takes 64 bits and masks for numbers", () => {
  const text = `
                   pixel_rate 0x009f0902 (int64)  : min=1 max=2147483647 step=1 default=7 value=7
                   color_mask 0x0098c903 (bitmask): max=0x00000007 default=0x00000000 value=0x00000000
`;
  const number = { type: "integer" } as const;
  assertEquals(parseControls(text).controls, {
    "pixel_rate": { ...number, min: 1, max: 2147483647, step: 1, default: 7, value: 7 },
    "color_mask": { ...number, min: 0, max: 7, default: 0, value: 0 },
  });
});

Deno.test("parseControls() takes no label for a flag or a field, and a name that begins with a digit", () => {
  const text = `
               noise_reduction 0x009819e4 (menu)   : min=0 max=1 default=0 value=0 (disabled, inactive, value=7)
				0: disabled, inactive, value=7
				1: read-only
                    3d_filter 0x009819e5 (bool)   : default=1 value=1
`;
  assertEquals(parseControls(text).controls, {
    noise_reduction: {
      type: "choice",
      value: 0,
      default: 0,
      choices: [
        { value: 0, label: "disabled, inactive, value=7" },
        { value: 1, label: "read-only" },
      ],
    },
    "3d_filter": { type: "boolean", value: true, default: true },
  });
});

Deno.test("parseControls() makes nothing of anything else", () => {
  for (const text of ["", "\n\n", "__proto__ (int) : value=1", "a (int) value=1", "\0".repeat(9)]) {
    assertEquals(parseControls(text).controls, {});
  }
});

testWith(
  ["v4l2-ctl"],
  "askControls() and setControls() say that there is no such device",
  async () => {
    for (const device of ["/dev/video9999", "/dev/null"]) {
      await assertRejects(
        () => askControls(device),
        SourceError,
        "can't be asked for its controls",
      );
      await assertRejects(
        () => setControls(device, { brightness: 1 }),
        SourceError,
        "refuses it: ",
      );
    }
  },
);
