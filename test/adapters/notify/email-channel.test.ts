import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { closedPort } from '../json-http/stand-in.ts';
import { failed } from '../../policies/kernel/notifications/notification.ts';
import { mailTo, refusal, startMailServer } from './mail-server.ts';
import { ownCertificate } from './own-certificate.ts';
import { secrets, send } from './sending.ts';

async function mail(
  port: number,
  over: Parameters<typeof mailTo>[1] = {},
  notification = failed(),
) {
  const [report] = await send([mailTo(port, over)], { notification });
  return report!;
}

describe('the name that is given in EHLO', () => {
  const namesOf = async (over: Parameters<typeof mailTo>[1]) => {
    const names: string[] = [];
    const server = await startMailServer({
      onMailFrom(_address, session, callback) {
        const name = session.hostNameAppearsAs;
        names.push(name);
        const isLiteral = name.startsWith('[') || !name.includes('.');
        callback(isLiteral ? refusal(550, `5.7.1 ${name}: you need a domain name`) : null);
      },
    });
    return { report: await mail(server.port, over), names };
  };

  it("is the sender's domain, so that a server that refuses address literals takes the mail", async () => {
    const { report, names } = await namesOf({});
    expect(report).toMatchObject({ result: 'delivered' });
    expect(names).toEqual(['example.com']);
  });

  it('is what the settings say', async () => {
    const { names } = await namesOf({ ehlo: 'belay.ops.example.com' });
    expect(names).toEqual(['belay.ops.example.com']);
  });
});

const login = { user: 'belay', password: { env: 'PASSWORD' } };

/** Speaks SMTP line by line, as the test says: undefined says nothing. */
async function startConversation(
  respond: (line: string, socket: Socket) => string | undefined,
  greeting = '220 test',
): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (greeting !== '') socket.write(`${greeting}\r\n`);
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
        heard.push(line);
        const answer = respond(line, socket);
        if (answer !== undefined && !socket.destroyed) socket.write(`${answer}\r\n`);
      }
    });
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, heard };
}

/** Takes everything up to the end of the content, and then does as the test says. */
function untilContent(atEnd: (socket: Socket) => string | undefined) {
  return startConversation((line, socket) => {
    if (line === 'DATA') return '354 go on';
    if (line === '.') return atEnd(socket);
    return /^(?:EHLO|MAIL|RCPT|QUIT)/.test(line) ? '250 fine' : undefined;
  });
}

describe('a mail server that takes the message', () => {
  it("receives it once, as text and as HTML, with Belay's headers", async () => {
    const { port, mails } = await startMailServer();
    expect(await mail(port, { to: ['ana@example.com', 'Bo <bo@example.com>'] })).toEqual({
      channel: 'managers',
      kind: 'email',
      result: 'delivered',
      attempts: 1,
    });
    expect(mails).toHaveLength(1);
    const [{ from, to, content }] = mails as [(typeof mails)[0]];
    expect([from, ...to]).toEqual(['belay@example.com', 'ana@example.com', 'bo@example.com']);
    expect(content).toContain('Subject: production/shop: v3 failed and was undone');
    expect(content).toContain('Message-ID: <run-1-failed-1-1@example.com>');
    expect(content).toContain('References: <7a0c@example.com>');
    expect(content).toContain('Auto-Submitted: auto-generated');
    expect(content).toMatch(/text\/plain[^]*text\/html/);
  });

  it('gets no headers or recipients from the name of a release', async () => {
    const { port, mails } = await startMailServer();
    const version = 'v3\r\nBcc: all@example.com\r\n\r\n.\r\nRCPT TO:<all@example.com>';
    await mail(port, {}, failed({ version, title: version, text: version, id: version }));
    expect(mails).toHaveLength(1);
    expect(mails[0]?.to).toEqual(['ana@example.com']);
    expect(mails[0]?.content.split('\r\n\r\n')[0]).not.toMatch(/^(?:Bcc|RCPT)/im);
  });

  it('but refuses one recipient: it is delivered, with a remark', async () => {
    const { port, mails } = await startMailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('gone') ? refusal(550, 'no such user') : null),
    });
    expect(await mail(port, { to: ['ana@example.com', 'gone@example.com'] })).toMatchObject({
      result: 'delivered',
      remark: 'the server refused gone@example.com',
    });
    expect(mails).toHaveLength(1);
  });

  it('and greets late is awaited', async () => {
    const { port, mails } = await startMailServer({
      onConnect: (_session, done) => void setTimeout(done, 400),
    });
    expect(await mail(port)).toMatchObject({ result: 'delivered', attempts: 1 });
    expect(mails).toHaveLength(1);
  });
});

describe('with TLS', () => {
  test.each(['starttls', 'implicit'] as const)(
    '%s, the login and the message are encrypted',
    async (tls) => {
      const { cert, key, certFile } = ownCertificate();
      const heard: string[] = [];
      const { port, mails } = await startMailServer({
        secure: tls === 'implicit',
        disabledCommands: [],
        authOptional: false,
        cert,
        key,
        onAuth: ({ username, password }, _session, done) => {
          heard.push(`${username}:${password}`);
          done(null, { user: username });
        },
      });
      const report = await mail(port, { tls, auth: login, caFile: certFile });
      expect(report).toMatchObject({ result: 'delivered' });
      expect(heard).toEqual([`belay:${secrets.PASSWORD}`]);
      expect(mails[0]?.isSecure).toBe(true);
    },
  );

  test.each(['starttls', 'implicit'] as const)(
    '%s, a certificate nobody has signed is refused before anything is said',
    async (tls) => {
      const { cert, key } = ownCertificate();
      const { port, mails } = await startMailServer({
        secure: tls === 'implicit',
        disabledCommands: [],
        cert,
        key,
      });
      expect(await mail(port, { tls, auth: login })).toMatchObject({
        result: 'not-delivered',
        reason: expect.stringMatching(/certificate is self-signed|no TLS connection/),
      });
      expect(mails).toHaveLength(0);
    },
  );

  it('a server without STARTTLS gets neither the password nor the message', async () => {
    const { port, heard } = await startConversation((line) =>
      line.startsWith('EHLO') ? '250 AUTH PLAIN LOGIN' : '502 what?',
    );
    expect(await mail(port, { tls: 'starttls', auth: login })).toMatchObject({
      result: 'not-delivered',
    });
    expect(heard.filter((line) => !/^(?:EHLO|STARTTLS|QUIT)/.test(line))).toEqual([]);
  });

  it('a refused login is not retried', async () => {
    const { cert, key, certFile } = ownCertificate();
    let logins = 0;
    const { port } = await startMailServer({
      secure: true,
      cert,
      key,
      onAuth: ({ password }, _session, done) => {
        logins++;
        done(refusal(535, `no such password: ${password}`));
      },
    });
    const report = await mail(port, { tls: 'implicit', auth: login, caFile: certFile });
    expect(report).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: 'the server refused the login with 535',
    });
    expect(logins).toBe(1);
  });
});

describe('a delivery that certainly failed', () => {
  it('is reported if nobody listens', async () => {
    expect(await mail(await closedPort())).toMatchObject({
      result: 'not-delivered',
      attempts: 4,
      reason: 'the connection was refused',
    });
  });

  it('is retried if the recipient is deferred, as with greylisting', async () => {
    let asked = 0;
    const { port, mails } = await startMailServer({
      onRcptTo: (_address, _session, done) =>
        done(++asked === 1 ? refusal(451, 'try again later') : null),
    });
    expect(await mail(port)).toMatchObject({ result: 'delivered', attempts: 2 });
    expect(mails).toHaveLength(1);
  });

  it('is not retried if the recipient does not exist', async () => {
    const { port, mails } = await startMailServer({
      onRcptTo: (_address, _session, done) => done(refusal(550, 'no such user here')),
    });
    expect(await mail(port)).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: expect.stringMatching(/^the server answered 550 .*no such user here/),
    });
    expect(mails).toHaveLength(0);
  });

  it('is recognized even after the content, if the server refuses it', async () => {
    const { port, heard } = await untilContent(() => '554 looks like spam');
    expect(await mail(port)).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: 'the server answered 554 looks like spam',
    });
    expect(heard.filter((line) => line === '.')).toHaveLength(1);
  });

  it('is reported if the server sends nothing at all', async () => {
    const { port } = await startConversation(() => undefined, '');
    const [report] = await send([mailTo(port)], { budgetMs: 0 });
    expect(report).toMatchObject({ result: 'not-delivered', attempts: 1 });
  });

  it('is reported if the server dies before the content', async () => {
    const { port, heard } = await startConversation((line, socket) => {
      if (!line.startsWith('MAIL')) return '250 fine';
      socket.resetAndDestroy();
      return undefined;
    });
    expect(await mail(port)).toMatchObject({ result: 'not-delivered', attempts: 4 });
    expect(heard).not.toContain('.');
  });
});

describe('a doubtful delivery is reported and not repeated', () => {
  test.each<[string, (socket: Socket) => string | undefined]>([
    [
      'when the server dies after the content',
      (socket) => {
        socket.resetAndDestroy();
        return undefined;
      },
    ],
    [
      'when it closes the connection there',
      (socket) => {
        socket.end();
        return undefined;
      },
    ],
    ['when it says nothing there', () => undefined],
    ['when it shuts down there', () => '421 shutting down'],
    ['when what it says there is no answer', () => 'hello'],
  ])('%s', async (_title, atEnd) => {
    const { port, heard } = await untilContent(atEnd);
    expect(await mail(port)).toMatchObject({
      result: 'doubtful',
      attempts: 1,
      reason: expect.stringMatching(/^after the message was sent, /),
    });
    expect(heard.filter((line) => line === '.')).toHaveLength(1);
  });
});
