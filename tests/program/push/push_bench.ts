export const CAMERAS = ["--camera", "ai=push", "--camera", "test", "--resolution", "160x120"];
export const QUICK = [...CAMERAS, "--fps", "20", "--linger", "0.5"];
export const PATIENT = { within: 60_000 };
