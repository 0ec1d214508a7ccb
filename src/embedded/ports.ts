import { createServer } from 'node:net';

/** A requested port is in use by another program. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(port: number) {
    super(
      `Port ${port} is in use by another program. Choose another port, or omit the option to get a free one.`,
    );
  }
}

export interface PortChoice {
  /** Exactly this port: throws PortTaken if it is in use. */
  asked?: number;
  /** This port, if it is free. */
  usual: number;
  log: (line: string) => void;
}

/** A loopback port for one of Belay's servers. */
export async function choosePort({ asked, usual, log }: PortChoice): Promise<number> {
  const wanted = asked ?? usual;
  if (await isPortFree(wanted)) return wanted;
  if (asked !== undefined) throw new PortTaken(asked);
  const port = await freePort();
  log(`port ${usual} is in use; using ${port} instead`);
  return port;
}

export async function freePort(): Promise<number> {
  const port = await bind(0);
  if (port === undefined) throw new Error('this machine has no free port left');
  return port;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await bind(port)) !== undefined;
}

function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
