// Loaded into programs (`--require`): the wall clock is off by CLOCK_SKEW_MS.
const { now } = Date;
Date.now = () => now() + Number(process.env.CLOCK_SKEW_MS);
