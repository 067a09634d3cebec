import { Slots } from "../time/slots.ts";

/** How many ffmpegs may encode at once for all cameras, those that start and end included. */
export const CHILDREN: Slots = new Slots(32);
