import { Slots } from "../time/slots.ts";

/** Bounds the ffmpegs that encode at once for all cameras, those that start and end included. */
export const CHILDREN: Slots = new Slots(32);
