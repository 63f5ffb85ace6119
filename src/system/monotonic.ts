/**
 * Milliseconds of a clock that never jumps. performance.now() is the same, but loading it takes a hundredth of a short
 * command's time.
 */
export const monotonicMs = (): number => process.uptime() * 1000;
