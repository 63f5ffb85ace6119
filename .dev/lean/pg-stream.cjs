// The sockets of pg in Node. Its own file first finds out whether it runs in Cloudflare's Workers, by a `Response`, which
// makes Node load its whole HTTP client: 35 ms.
exports.getStream = () => new (require('node:net').Socket)();
exports.getSecureStream = (options) => require('node:tls').connect(options);
