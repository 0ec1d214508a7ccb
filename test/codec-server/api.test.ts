import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/load-config.ts';
import { startCodecServer, type CodecServer } from '../../workers/start-codec-server.ts';
import { keyLine, writeKeys } from '../fixtures/payload-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-codec-server-'));
const payloadKeysFile = writeKeys(join(folder, 'keys'), keyLine('k1'));
const tokenFile = writeKeys(join(folder, 'tokens'), 'ui a-token-of-the-tests');
const page = 'https://temporal.example.com';
const log = pino({ level: 'silent' });
const authorization = 'Bearer a-token-of-the-tests';
const encoding = Buffer.from('json/plain').toString('base64');
const data = Buffer.from('{"price":1}').toString('base64');
const plain = { payloads: [{ metadata: { encoding }, data }] };

let server: CodecServer;
let open: CodecServer;

beforeAll(async () => {
  const address = '127.0.0.1';
  const origins = [page];
  const config = { home: folder, payloadKeysFile };
  server = await startCodecServer(
    { ...config, codecServer: { port: 0, address, origins, tokenFile } },
    log,
  );
  open = await startCodecServer({ ...config, codecServer: { port: 0, address, origins } }, log);
});
afterAll(async () => {
  await server.close();
  await open.close();
  rmSync(folder, { recursive: true });
});

function ask(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('the codec server', () => {
  it('encrypts and decrypts as Temporal asks for it, with a namespace in the path or without', async () => {
    const encoded = (await (await ask('/encode', plain)).json()) as typeof plain;
    expect(JSON.stringify(encoded)).not.toContain(data);
    expect(encoded.payloads[0]?.metadata.encoding).toBe(
      Buffer.from('binary/encrypted').toString('base64'),
    );
    for (const path of ['/decode', '/default/decode']) {
      expect(await (await ask(path, encoded)).json()).toEqual(plain);
    }
  });

  it('hands back as it is what no key opens, and the rest decrypted', async () => {
    const foreign = {
      metadata: {
        encoding: Buffer.from('binary/encrypted').toString('base64'),
        'encryption-key-id': Buffer.from('gone').toString('base64'),
      },
      data: Buffer.alloc(60).toString('base64'),
    };
    const body = { payloads: [foreign, ...plain.payloads] };
    expect(await (await ask('/decode', body)).json()).toEqual(body);
  });

  it.each([{ authorization: '' }, { authorization: 'Bearer another-token-altogether' }])(
    'answers nobody without its token: %o',
    async (headers) => {
      expect((await ask('/decode', plain, headers)).status).toBe(401);
    },
  );

  it('is asked by the pages that are named, and by no other', async () => {
    const preflight = await fetch(`${server.url}/decode`, {
      method: 'OPTIONS',
      headers: {
        origin: page,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-namespace',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(page);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-namespace');
    const named = await ask('/decode', plain, { origin: page });
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([200, page]);
    const other = await ask('/decode', plain, { origin: 'https://evil.example.com' });
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  it('without a token takes this machine alone, and still no other page', async () => {
    const send = (headers: Record<string, string>) =>
      fetch(`${open.url}/decode`, { method: 'POST', headers, body: JSON.stringify(plain) });
    expect((await send({})).status).toBe(200);
    expect((await send({ origin: 'http://localhost:9999' })).status).toBe(403);
  });

  it.each([
    ['not JSON', '{', 400],
    ['no payloads', { payload: [] }, 400],
    ['not base64', { payloads: [{ data: '{}' }] }, 400],
    ['too large', 'x'.repeat(8 * 1024 * 1024 + 1), 413],
  ])('refuses what is %s', async (_what, body, status) => {
    expect((await ask('/decode', body)).status).toBe(status);
  });

  it('does not start open to others, or without keys, and says both', async () => {
    const codecServer = { port: 0, address: '0.0.0.0' };
    const start = startCodecServer({ home: folder, codecServer }, log);
    await expect(start).rejects.toThrow(InvalidConfig);
    await expect(start).rejects.toThrow(
      /BELAY_PAYLOAD_KEYS_FILE: missing[^]*BELAY_CODEC_TOKEN_FILE: missing: on 0\.0\.0\.0 anybody/,
    );
  });
});
