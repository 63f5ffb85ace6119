import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Random } from './random.ts';

export interface CuttingProxy {
  /** The same URL through the proxy. */
  url: string;
  readonly cuts: number;
  close(): void;
}

/** Starts a proxy that closes each connection after a random time, even during a transfer. */
export async function startCuttingProxy(
  target: string,
  random: Random,
  maxMs: number,
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const both = [near, far];
    for (const socket of both) open.add(socket.on('error', () => {}));
    near.pipe(far).pipe(near);
    const cut = (): void => {
      for (const socket of both) open.delete(socket.destroy());
    };
    const timer = setTimeout(() => {
      cuts++;
      cut();
    }, random.below(maxMs));
    for (const socket of both)
      socket.once('close', () => {
        clearTimeout(timer);
        cut();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    get cuts() {
      return cuts;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
