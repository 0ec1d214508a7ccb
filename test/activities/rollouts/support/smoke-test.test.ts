import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smokeTestReplicas } from '../../../../activities/rollouts/support/smoke-test.ts';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { ReplicaState } from '../../../../src/contracts/rollouts/platform.ts';

const health = { path: '/health', expect: [200], timeoutMs: 2_000 };
const asked: string[] = [];
let sent = 0;
let isLeft = false;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/slow') return;
    if (request.url === '/endless') {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.on('drain', more).on('close', () => (isLeft = true));
      more();
      return;
    }
    if (request.url === '/moved') response.setHeader('location', '/health');
    const statuses: Record<string, number> = { '/broken': 500, '/moved': 302 };
    response.writeHead(statuses[request.url ?? ''] ?? 200).end('answer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function replica(over: Partial<ReplicaState> = {}): ReplicaState {
  return { name: 'v2-0', url, ready: true, restarts: 0, ...over };
}

describe('a smoke test', () => {
  it('passes when every ready replica answers as expected', async () => {
    await expect(smokeTestReplicas([replica(), replica()], health)).resolves.toBeUndefined();
  });

  it('asks ready replicas only', async () => {
    const dead = replica({ ready: false, url: 'http://127.0.0.1:1' });
    await expect(smokeTestReplicas([dead, replica()], health)).resolves.toBeUndefined();
  });

  it('accepts any of the statuses it names, and follows no redirect', async () => {
    const moved = { ...health, path: '/moved', expect: [404, 302] };
    await expect(smokeTestReplicas([replica()], moved)).resolves.toBeUndefined();
  });

  it.each([
    ['there are no replicas', []],
    ['none is ready', [{ ready: false }]],
    ['none has an address', [{ url: undefined }]],
  ])('fails when %s: nobody asked is no pass', async (_title, replicas) => {
    const given = replicas.map(
      (over) =>
        Object.fromEntries(
          Object.entries(replica(over as object)).filter(([, v]) => v !== undefined),
        ) as unknown as ReplicaState,
    );
    await expect(smokeTestReplicas(given, health)).rejects.toMatchObject({
      type: failureTypes.smokeTestFailed,
      nonRetryable: true,
      message: 'smoke test: /health: no ready replica can be asked directly',
    });
  });

  it.each([
    ['another status', '/broken', 2_000, /\/broken answered 500, not 200$/],
    ['a redirect', '/moved', 2_000, /\/moved answered 302, not 200$/],
    ['no answer in time', '/slow', 100, /\/slow did not answer within 100ms$/],
  ])('fails on %s', async (_title, path, timeoutMs, message) => {
    const test = { path, expect: [200], timeoutMs };
    await expect(smokeTestReplicas([replica()], test)).rejects.toThrow(message);
  });

  it('tells a replica that refuses connections from one that is slow', async () => {
    const refused = replica({ url: 'http://127.0.0.1:1' });
    await expect(smokeTestReplicas([refused], health)).rejects.toThrow(
      /^smoke test: v2-0: http:\/\/127\.0\.0\.1:1\/health could not be asked: the connection was refused$/,
    );
  });

  it('does not wait for the end of an answer, nor read it', async () => {
    await smokeTestReplicas([replica()], { ...health, path: '/endless' });
    await expect.poll(() => isLeft).toBe(true);
    expect(sent).toBeLessThan(20_000_000);
  });

  it('names every replica that fails', async () => {
    const test = { ...health, path: '/broken' };
    const both = [replica(), replica({ name: 'v2-1' })];
    await expect(smokeTestReplicas(both, test)).rejects.toThrow(
      /v2-0: \S+ answered 500, not 200; v2-1: \S+ answered 500, not 200/,
    );
  });

  it('never leaves the replica, whatever its path looks like', async () => {
    await smokeTestReplicas([replica()], { ...health, path: '//elsewhere.invalid/health' });
    expect(asked.at(-1)).toBe('//elsewhere.invalid/health');
  });
});
