import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closing, fence, openFront as open, startPod } from '../fixtures/front-of-tracks.ts';

describe('a request that the front of two tracks passes on', () => {
  it('passes on the target and the headers of a request as they came', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod]);
    await front.keep(fence);
    const headers = ['Host', 'shop.example', 'X-Twice', 'one', 'X-Twice', 'two'];
    await send([...headers, 'X-Of-Hop', '1', 'Connection', 'x-of-hop'], {
      ...{ method: 'OPTIONS', path: '*' },
    });
    expect(pod.raw).toEqual([['OPTIONS', '*', ...headers, 'Connection', 'keep-alive']]);
    expect((await send({ 'x-large': 'x'.repeat(40_000) })).status).toBe(200);
  });

  it('answers although a pod has closed the connection that was kept to it, and repeats nothing that may be done once', async () => {
    const pod = await startPod();
    const met = new WeakSet<object>();
    pod.server.prependListener('request', ({ socket }: { socket: { destroy(): void } }) => {
      if (met.has(socket)) socket.destroy();
      met.add(socket);
    });
    const { front, send } = await open([pod]);
    await front.keep(fence);
    for (let sent = 0; sent < 3; sent += 1) expect((await send()).status).toBe(200);
    const post = { method: 'POST', headers: { 'content-length': '0' } };
    expect((await send({}, post)).status).toBe(502);
    expect(pod.raw.filter(([method]) => method === 'POST')).toHaveLength(1);
  });

  it.each(['日本.pdf', 'é.pdf'])(
    'passes on the name of a file as its pod wrote it: %s',
    async (name) => {
      const written = Buffer.from(`attachment; filename="${name}"`).toString('latin1');
      const answer = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: X-Sum\r\nContent-Disposition: ${written}\r\n\r\nv1`;
      const seen: string[] = [];
      const server = createTcpServer((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', (head) => {
            seen.push(head.toString('latin1'));
            socket.end(Buffer.from(answer, 'latin1'));
          });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      closing.push(async () => Promise.resolve(server.close()));
      const { port } = server.address() as AddressInfo;
      const { front, send } = await open([]);
      await front.upstreams.name([{ host: '127.0.0.1', port }]);
      await front.keep(fence);
      const { status, got } = await send();
      expect(status).toBe(200);
      expect(got).toMatchObject({ 'content-disposition': written, 'content-length': '2' });
      expect(got).not.toHaveProperty('trailer');
      const upload = ['Content-Length', '0', 'Content-Disposition', written];
      expect((await send(['Host', 'a', ...upload], { method: 'POST' })).status).toBe(200);
      expect(seen.at(-1)).toContain(`Content-Disposition: ${written}\r\n`);
    },
  );

  it('passes the body of a request on, however many headers came before its length', async () => {
    const pod = await startPod();
    const bodies: string[] = [];
    pod.server.maxHeadersCount = 0;
    pod.server.prependListener('request', (request: IncomingMessage) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => bodies.push(body));
    });
    const { front, port } = await open([pod]);
    await front.keep(fence);
    const client = connect(port, '127.0.0.1');
    closing.push(async () => Promise.resolve(client.destroy()));
    const headers = Array.from({ length: 1_010 }, (_, index) => `x-${index}: 1\r\n`).join('');
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: 5\r\n\r\nhello`);
    await expect.poll(() => bodies).toEqual(['hello']);
  });

  it('answers nothing in the middle of a response, and counts a connection once that is no HTTP', async () => {
    const pod = await startPod();
    pod.server.removeAllListeners('request').on('request', (_, response) => {
      response.writeHead(200, { 'content-length': '200' });
      response.write('begun');
    });
    const { front, port } = await open([pod]);
    await front.keep(fence);
    const client = connect(port, '127.0.0.1');
    let got = '';
    client.setEncoding('utf8').on('data', (text: string) => (got += text));
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => got).toMatch(/begun$/);
    client.write('no request\r\n\r\n');
    await once(client, 'close');
    expect(got).toMatch(/begun$/);
  });

  it('leads a WebSocket to one pod, and answers requests beside it', async () => {
    const pod = await startPod();
    pod.server.on('upgrade', ({ headers }, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${headers.upgrade}\r\n\r\n`);
      socket.pipe(socket);
      closing.push(async () => Promise.resolve(socket.destroy()));
    });
    const { front, port, send } = await open([pod]);
    await front.keep(fence);
    const client = connect(port, '127.0.0.1');
    closing.push(async () => Promise.resolve(client.destroy()));
    let got = '';
    client.setEncoding('utf8').on('data', (text: string) => (got += text));
    client.write(
      'GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await expect.poll(() => got).toContain('101 Switching Protocols');
    client.write('hello');
    await expect.poll(() => got).toMatch(/hello$/);
    expect((await send()).status).toBe(200);
    expect((await front.facts()).tracks?.isRouted).toBe(true);
  });
});
