export const CAMERAS = ["--camera", "door=test", "--camera", "前门=test", "--fps", "5"];
export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
export const PHONE_ON_ITS_SIDE = { ...PHONE, viewport: { width: 844, height: 390 } };
