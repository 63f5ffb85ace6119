import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** The lines of a socket, each parsed from JSON. Ends when the other side closes the connection or is lost. */
export async function* readValues(socket: Socket): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      const lines = decoder.write(chunk as Buffer).split('\n');
      for (const line of lines.slice(0, -1)) {
        const text = rest.join('') + line;
        rest = [];
        if (text !== '') yield JSON.parse(text);
      }
      if (lines.at(-1) !== '') rest.push(lines.at(-1)!);
    }
  } catch {
    // The connection was lost. What came before was yielded.
  }
}

/**
 * Writes a value on its own line, and resolves when more may be written. Does nothing when the connection is closed.
 */
export function writeValue(socket: Socket, value: unknown): Promise<void> | undefined {
  if (socket.destroyed || !socket.writable || socket.write(`${JSON.stringify(value)}\n`)) return undefined;
  return new Promise((resolve) => {
    const goOn = (): void => {
      socket.off('drain', goOn).off('close', goOn);
      resolve();
    };
    socket.once('drain', goOn).once('close', goOn);
  });
}

/** Connects to a host; undefined when no process listens. */
export function connectTo(socketPath: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}
