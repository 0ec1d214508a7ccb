import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { EmailChannel } from '../../../src/specs/kernel/notifications.ts';

export interface Mail {
  from: string;
  to: string[];
  /** As it was sent, headers first. */
  content: string;
  isSecure: boolean;
}

export interface MailServer {
  port: number;
  mails: Mail[];
}

/** An SMTP server that takes what comes, but for what the test says, until the test ends. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 1,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          content: Buffer.concat(chunks).toString(),
          isSecure: session.secure,
        });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  onTestFinished(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { port: (server.server.address() as AddressInfo).port, mails };
}

export function mailTo(port: number, over: Partial<EmailChannel> = {}): EmailChannel {
  return {
    name: 'managers',
    kind: 'email',
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'Belay <belay@example.com>',
    to: ['ana@example.com'],
    ...over,
  };
}

export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
