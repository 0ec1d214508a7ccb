import { connect } from 'node:net';
import { DnsError } from './dns-error.ts';

export interface NameServer {
  host: string;
  port: number;
}

const largestBytes = 65_535;

/** One message and its answer over TCP, where nobody else can answer. Throws DnsError in its time. */
export function exchange(
  { host, port }: NameServer,
  message: Buffer,
  withinMs: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (why: string) => {
      socket.destroy();
      reject(new DnsError('silent', `name server ${host}:${port}: ${why}`));
    };
    const timer = setTimeout(() => {
      fail(`no answer within ${withinMs} ms`);
    }, withinMs);
    let received = Buffer.alloc(0);
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length, 0);
      socket.write(Buffer.concat([length, message]));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]).subarray(0, largestBytes + 2);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      socket.destroy();
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
    });
    socket.on('error', ({ code, message: said }: NodeJS.ErrnoException) => {
      fail(code ?? said);
    });
    socket.on('end', () => {
      fail('it hung up');
    });
    socket.on('close', () => {
      clearTimeout(timer);
    });
  });
}
