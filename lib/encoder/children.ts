import { Slots } from "../time/slots.ts";

/**
 * Limits the ffmpegs that encode at the same time for all cameras, including those that are
 * starting or ending.
 */
export const CHILDREN: Slots = new Slots(32);
