import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';
import type { PlannedDelivery } from '../../contracts/kernel/notifications.ts';
import type { EmailChannel } from '../../specs/kernel/notifications.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import type { DeliveryAttempt } from './attempt.ts';
import { describeNetworkError } from '../http/describe-network-error.ts';
import { DestinationRefused } from '../http/destination-refused.ts';
import type { DeliveryTools } from './deliver-http.ts';
import { judgeSmtpError } from './judge-smtp-error.ts';
import { openSmtpSocket } from './open-smtp-socket.ts';
import { withSecret } from './with-secret.ts';

type PlannedEmail = Extract<PlannedDelivery, { kind: 'email' }>;

interface Credentials {
  user: string;
  pass: string;
}

/** Delivered means that the server accepted the message for at least one recipient. */
export function deliverByEmail(
  planned: PlannedEmail,
  tools: DeliveryTools,
): Promise<DeliveryAttempt> {
  const { auth, caFile } = planned.channel;
  const { readSecret } = tools;
  const withLogin = (ca?: string) =>
    auth === undefined
      ? send(planned, tools, { ca })
      : withSecret(readSecret, [auth.password, 'password'], (pass) =>
          send(planned, tools, { ca, login: { user: auth.user, pass } }),
        );
  return caFile === undefined
    ? withLogin()
    : withSecret(readSecret, [{ file: caFile }, 'certificates'], withLogin);
}

async function send(
  { channel, message }: PlannedEmail,
  { limits, guard, refuse }: DeliveryTools,
  { ca, login }: { ca: string | undefined; login?: Credentials },
): Promise<DeliveryAttempt> {
  const mail = await compose(channel, message);
  let isBegun = false;
  const content = new Readable({
    read() {
      // The content is read only after the server has asked for it with 354.
      isBegun = true;
      this.push(mail.content);
      this.push(null);
    },
  });
  let connection: SMTPConnection | undefined;
  const open = async () => {
    const socket = await openSmtpSocket(channel, { refuse, withinMs: limits.attemptMs });
    connection = new SMTPConnection({ ...options, connection: socket });
    return connection;
  };
  const options = {
    host: channel.host,
    port: channel.port,
    // The usual default is an address literal if the machine has no full name; many servers refuse that.
    name: channel.ehlo ?? domainOf(channel.from),
    secure: channel.tls === 'implicit',
    requireTLS: channel.tls === 'starttls',
    ignoreTLS: channel.tls === 'none',
    // Many servers delay their greeting to unknown clients on purpose.
    connectionTimeout: limits.attemptMs,
    greetingTimeout: limits.attemptMs,
    socketTimeout: limits.attemptMs,
    socketCloseTimeout: 1_000,
    maxResponseSize: 64 * 1024,
    ...(ca !== undefined && { tls: { ca } }),
  };
  try {
    const { rejected } = await guard(
      async () => converse(await open(), { mail, content, login }, limits.attemptMs),
      judgeServer,
    );
    connection?.quit();
    return rejected.length === 0
      ? { result: 'delivered' }
      : { result: 'delivered', remark: `the server refused ${rejected.join(', ')}` };
  } catch (error) {
    connection?.close();
    if (error instanceof BreakerOpen) throw error;
    if (error instanceof DestinationRefused) {
      return { result: 'not-delivered', reason: `the receiver ${error.message}`, again: false };
    }
    return judgeSmtpError(error, { isBegun, secrets: login === undefined ? [] : formsOf(login) });
  }
}

/** A server that refuses (any 4xx or 5xx of SMTP) is healthy, except with 421: it is shutting down. */
function judgeServer(outcome: CallResult<unknown>): CallHealth {
  if ('value' in outcome) return 'ok';
  if (outcome.error instanceof DestinationRefused) return 'ignored';
  const { code, responseCode } = outcome.error as { code?: string; responseCode?: number };
  if (responseCode === 421) return { failed: 'it answered 421' };
  if (responseCode !== undefined || code === 'ENOAUTH') return 'ok';
  return { failed: describeNetworkError(outcome.error) };
}

/** A password, and the forms in which it is sent. */
function formsOf({ user, pass }: Credentials): string[] {
  return [
    pass,
    ...[pass, `\0${user}\0${pass}`].map((sent) => Buffer.from(sent).toString('base64')),
  ];
}

interface Mail {
  envelope: { from: string; to: string[] };
  content: Buffer;
}

async function compose(channel: EmailChannel, message: PlannedEmail['message']): Promise<Mail> {
  const from = addressOf(channel.from);
  const domain = domainOf(from);
  const idOf = (part: string) => `<${part}@${domain}>`;
  const mail = new MailComposer({
    from: channel.from,
    to: channel.to,
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: idOf(message.idPart),
    references: idOf(message.threadPart),
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const content = await mail.compile().build();
  return { envelope: { from, to: channel.to.map(addressOf) }, content };
}

function domainOf(mailbox: string): string {
  const address = addressOf(mailbox);
  return address.slice(address.lastIndexOf('@') + 1);
}

function addressOf(mailbox: string): string {
  return /<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox;
}

interface Conversation {
  mail: Mail;
  content: Readable;
  login: Credentials | undefined;
}

function converse(
  connection: SMTPConnection,
  { mail, content, login }: Conversation,
  attemptMs: number,
): Promise<{ rejected: string[] }> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      reject(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    }, attemptMs);
    const finish = (error: Error | null | undefined, info?: { rejected: string[] }) => {
      clearTimeout(deadline);
      if (error ?? !info) reject(error ?? new Error('closed'));
      else resolve(info);
    };
    const hand = () =>
      connection.send({ ...mail.envelope, size: mail.content.length }, content, finish);

    connection.on('error', finish);
    connection.on('end', () => finish(new Error('closed')));
    connection.connect((failure) => {
      if (failure) finish(failure);
      else if (login === undefined) hand();
      else if (!connection.allowsAuth) finish(Object.assign(new Error(), { code: 'ENOAUTH' }));
      else {
        connection.login(login, (refused) => {
          if (refused) finish(refused);
          else hand();
        });
      }
    });
  });
}
