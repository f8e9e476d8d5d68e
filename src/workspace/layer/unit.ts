/** Frames in a row, as a host sends them, that together are one of a layer's. */
export type Unit = readonly Buffer[]
