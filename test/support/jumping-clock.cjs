// Loaded into a warm host (`--require`): 1.5 s after its start, the wall clock jumps by CLOCK_JUMP_MS.
if (process.argv.includes('warm-host')) {
  const jumpsAt = performance.now() + 1500;
  const { now } = Date;
  Date.now = () => now() + (performance.now() > jumpsAt ? Number(process.env.CLOCK_JUMP_MS) : 0);
}
