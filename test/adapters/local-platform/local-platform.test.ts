import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withinAttempt } from '../../../src/adapters/attempts/current-attempt.ts';
import { createLocalPlatform } from '../../../src/adapters/local-platform/local-platform.ts';
import { fencesOf, PlatformProcess, refTo, shop } from '../../local-platform/platform-process.ts';

const platform = new PlatformProcess();
const { adapter } = platform;

beforeAll(() => platform.start());
afterAll(() => platform.clear());

function locatedAt(url: string) {
  return createLocalPlatform({ locate: async () => ({ url, token: 't' }) });
}

test('a service nobody has claimed is undefined, not an error', async () => {
  expect(await adapter.readService(refTo('nobody'))).toBeUndefined();
});

test('lists the owner of each service', async () => {
  const fence = fencesOf('r1').next();
  await adapter.claim(refTo('held'), fence, 'rollout/test/held', 'canary');
  await platform.firstRelease(refTo('free'), { version: 'v1', inProcess: { status: 200 } }, 1);
  expect(await adapter.listOwned()).toEqual([
    { ...refTo('held'), owner: { ...fence, workflowId: 'rollout/test/held', kind: 'canary' } },
  ]);
  expect((await adapter.listServices()).map(({ service }) => service)).toEqual(['held', 'free']);
});

test('a refusal keeps its code and its message', async () => {
  const refused = adapter.setWeight(refTo('held'), { rolloutId: 'r0', step: 1 }, 5);
  await expect(refused).rejects.toMatchObject({
    name: 'PlatformError',
    code: 'stale-fence',
    message: expect.stringContaining('rollout r0 does not own this service') as string,
  });
});

test('the front port that a target names is the one that is opened', async () => {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const ref = { ...refTo('ported'), target: { platform: 'local' as const, port } };
  const { url } = await adapter.claim(ref, fencesOf('r1').next(), 'w', 'canary');
  expect(url).toBe(`http://127.0.0.1:${port}`);
});

test('shows the logs of replicas, even of one that is gone', async () => {
  const ref = refTo('logged');
  const { stable } = await platform.firstRelease(ref, shop('v7'));
  const [first] = stable?.replicas ?? [];
  const lines = (await adapter.readLogs(ref, { track: 'stable', lines: 1 })).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^logged-1-1 out \| shop v7 listens on port \d+$/);
  expect(await adapter.readLogs(ref, { replica: first?.name ?? '' })).toContain('logged-1-1');
  await adapter.forgetService(ref);
  expect(await adapter.readService(ref)).toBeUndefined();
});

test('follows the platform to another port', async () => {
  expect(await adapter.readService(refTo('held'))).toBeDefined();
  const elsewhere = createServer().listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  elsewhere.close();
  await platform.end('SIGTERM');
  await platform.start(['--port', String(port)]);
  expect(platform.runFile()?.url).toBe(`http://127.0.0.1:${port}`);
  expect(await adapter.readService(refTo('held'))).toMatchObject({ service: 'held' });
});

test('a platform that does not answer is unavailable: where, why, and what to do', async () => {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await expect(locatedAt(`http://127.0.0.1:${port}`).listServices()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      new RegExp(`127\\.0\\.0\\.1:${port} \\(.*ECONNREFUSED.*\\); start it with .belay up.`),
    ) as string,
  });
});

test('a response that is not from the platform is unavailable', async () => {
  const stranger = createServer((_, response) => response.writeHead(500).end('<html>')).listen(0);
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  await expect(locatedAt(`http://127.0.0.1:${port}`).listServices()).rejects.toMatchObject({
    code: 'unavailable',
  });
  stranger.close();
});

test('releasing a service that the platform does not know is a success', async () => {
  await adapter.releaseService(refTo('nobody'), fencesOf('r1').next());
  expect(await adapter.readService(refTo('nobody'))).toBeUndefined();
});

test('a read is given up with the attempt it belongs to, a write is not', async () => {
  const silent = createServer((request, response) => {
    if (request.method !== 'GET') setTimeout(() => response.end('{"confirmed":true}'), 600);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const slow = locatedAt(`http://127.0.0.1:${port}`);
  const within = <T>(act: () => Promise<T>) =>
    withinAttempt({ cancelled: new AbortController().signal, limitMs: 300 }, act);
  await expect(within(() => slow.readService(refTo('shop')))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'no answer in the 0.3 s of one attempt',
  });
  const fence = { rolloutId: 'r1', step: 1 };
  expect(await within(() => slow.setWeight(refTo('shop'), fence, 5))).toEqual({ confirmed: true });
  silent.closeAllConnections();
  silent.close();
});
