// Execa's list of our own streams, which we never hand to a program. Reading `process.stdin` would make the pipe behind
// it non-blocking, also for the shell that it belongs to, and takes 4 ms.
exports.STANDARD_STREAMS = [];
exports.isStandardStream = (stream) => stream?.fd <= 2;
exports.STANDARD_STREAMS_ALIASES = ['stdin', 'stdout', 'stderr'];
exports.getStreamName = (fd) => exports.STANDARD_STREAMS_ALIASES[fd] ?? `stdio[${fd}]`;
