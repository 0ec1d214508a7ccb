import { get } from 'node:http';
import { connect } from 'node:net';

const limitMs = 5_000;

/** Checks once whether a replica can serve: undefined if it can, else what was wrong. */
export function probe(port: number, path?: string): Promise<string | undefined> {
  return path === undefined ? probeConnection(port) : probePath(port, path);
}

function probeConnection(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    const socket = connect({ port, host: '127.0.0.1', timeout: limitMs });
    socket.once('connect', () => settle());
    socket.once('error', (error) => settle(notListening(port, error)));
    socket.once('timeout', () =>
      settle(`port ${port} accepted no connection within ${limitMs} ms`),
    );
  });
}

function probePath(port: number, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      signal: AbortSignal.timeout(limitMs),
    });
    request.once('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(statusCode < 400 ? undefined : `${path} answered ${statusCode}`);
    });
    // The listener stays: the time limit may still interrupt the response while it is read.
    request.on('error', (error) =>
      resolve(
        error.name === 'AbortError'
          ? `${path} did not answer within ${limitMs} ms`
          : notListening(port, error),
      ),
    );
  });
}

function notListening(port: number, error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNREFUSED'
    ? `nothing listens on its port ${port} yet`
    : `its port ${port} fails: ${error.message}`;
}
