import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Breakers } from '../../../src/adapters/breakers/breakers.ts';
import { Cache } from '../../../src/adapters/caches/cache.ts';
import { openRedis, type Redis } from '../../../src/adapters/redis/open-redis.ts';
import { findRedis, RedisServer } from '../../fixtures/redis-server.ts';

const program = fileURLToPath(new URL('../../fixtures/caching-process.ts', import.meta.url));
const patient = { connectWithinMs: 5_000, answerWithinMs: 5_000 };

describe.skipIf((await findRedis()) === undefined)('answers that are shared in Redis', () => {
  let server: RedisServer;
  const ends: (() => unknown)[] = [];
  beforeEach(async () => {
    server = await RedisServer.start();
    ends.push(() => server.kill());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  function open(breakers: Breakers, limits = patient): { redis: Redis; cache: Cache<string> } {
    const redis = openRedis({ url: server.url }, breakers.guard('redis'), limits);
    const cache = new Cache<string>(
      {
        ...{ name: 'names', policy: 'lru', freshMs: 600_000, mayBeOld: true },
        shared: { version: 1, isForm: (value): value is string => typeof value === 'string' },
      },
      { ...{ entries: 10, keptMs: 3_600_000 }, shared: { store: redis, prefix: 'belay:tests' } },
    );
    ends.push(() => redis.close());
    return { redis, cache };
  }
  const breakersOf = (openMs = 50) => new Breakers({ failures: 2, openMs, successes: 1 });

  /** What others have written; Redis may take a moment to have it. */
  async function untilShared(redis: Redis, key: string): Promise<void> {
    await expect.poll(() => redis.read(key), { timeout: 20_000 }).toBeDefined();
  }

  test('while Redis is killed and comes back, every question is answered, and answers are shared again', async () => {
    const breakers = breakersOf();
    const { redis, cache } = open(breakers);
    const ask = (name: string) => cache.read({ about: name }, () => Promise.resolve(`of ${name}`));
    expect((await ask('before')).value).toBe('of before');
    await server.kill();
    for (let i = 0; i < 20; i++) expect((await ask(`during-${i}`)).value).toBe(`of during-${i}`);
    expect(cache.report()).toMatchObject({ misses: 21, stale: 0 });
    await expect(redis.check()).rejects.toThrow();
    expect(breakers.reports()[0]?.failures).toBeGreaterThan(0);
    await server.up();
    await expect.poll(() => redis.check().then(() => 'up', String), { timeout: 20_000 }).toBe('up');
    await redis.write('belay:key', 'is there', 60_000);
    await untilShared(redis, 'belay:key');
  });

  test('a Redis that takes connections and never answers is waited for shortly, and then left alone', async () => {
    const breakers = breakersOf(600_000);
    const { redis, cache } = open(breakers, { connectWithinMs: 200, answerWithinMs: 50 });
    const ask = (name: string) => cache.read({ about: name }, () => Promise.resolve(`of ${name}`));
    await redis.check().catch(() => undefined);
    server.freeze();
    for (let i = 0; i < 20; i++) expect((await ask(`name-${i}`)).value).toBe(`of name-${i}`);
    const [{ state, failures, rejected } = { state: '', failures: 0, rejected: 0 }] =
      breakers.reports();
    expect(state).toBe('open');
    expect(failures).toBeLessThan(rejected);
    server.thaw();
  });

  test('a Redis that takes connections and never answers keeps no process from ending', async () => {
    server.freeze();
    const args = ['--import', 'tsx', program, 'tests', server.url, 'http://127.0.0.1:9', '200'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    ends.push(() => child.kill('SIGKILL'));
    child.stdin.end('shop\n');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).not.toBeNull();
    server.thaw();
  });

  test('what is asked after the end makes no connection', async () => {
    const { redis, cache } = open(breakersOf());
    await redis.check();
    await redis.close();
    expect((await cache.read({ about: 'x' }, () => Promise.resolve('y'))).value).toBe('y');
    await expect(redis.check()).rejects.toThrow('closed');
  });

  test('a Redis that was never there keeps nobody from starting or answering', async () => {
    await server.kill();
    const { cache } = open(breakersOf());
    expect((await cache.read({ about: 'x' }, () => Promise.resolve('y'))).value).toBe('y');
  });

  test('the password is read from its file, and no message has it', async () => {
    const guarded = await RedisServer.start('s3cret');
    ends.push(() => guarded.kill());
    const passwordFile = join(await mkdtemp(join(tmpdir(), 'belay-redis-')), 'password');
    ends.push(() => rm(dirname(passwordFile), { recursive: true }));
    await writeFile(passwordFile, 's3cret\n');
    const right = openRedis(
      { url: guarded.url.replace('//', '//default@'), passwordFile },
      breakersOf().guard('redis'),
      patient,
    );
    ends.push(() => right.close());
    await right.check();
    await writeFile(passwordFile, 'wrong-s3cret\n');
    const wrong = openRedis(
      { url: guarded.url, passwordFile },
      breakersOf().guard('redis'),
      patient,
    );
    ends.push(() => wrong.close());
    const message = await wrong.check().then(() => 'it answered', String);
    expect(message).toMatch(/WRONGPASS|invalid username-password/);
    expect(`${message} ${wrong.place}`).not.toContain('s3cret');
  });

  describe('of two processes', () => {
    let source: Server;
    let asked: string[];
    let answers: boolean;
    beforeEach(async () => {
      asked = [];
      answers = true;
      source = createServer((request, response) => {
        asked.push(request.url ?? '');
        if (answers) response.end(`of ${request.url}`);
      });
      source.listen(0, '127.0.0.1');
      await once(source, 'listening');
      ends.push(() => {
        source.close();
        source.closeAllConnections();
      });
    });

    function start(): { process: ChildProcess; ask(name: string): Promise<string> } {
      const { port } = source.address() as AddressInfo;
      const args = ['--import', 'tsx', program, 'tests', server.url, `http://127.0.0.1:${port}`];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      ends.push(() => child.kill('SIGKILL'));
      return {
        process: child,
        ask: async (name) => {
          child.stdin.write(`${name}\n`);
          const [line] = (await once(child.stdout, 'data')) as [Buffer];
          return line.toString().trim();
        },
      };
    }

    test('one answers what the other has asked, and goes on where that one dies while it asks', async () => {
      const [first, second] = [start(), start()];
      const { redis } = open(breakersOf());
      expect(await first.ask('shop')).toBe('of /shop');
      await expect
        .poll(() => redis.check().then(() => keysOf(server.port)), { timeout: 20_000 })
        .toHaveLength(1);
      expect(await second.ask('shop')).toBe('of /shop');
      expect(asked).toEqual(['/shop']);

      answers = false;
      void first.ask('billing').catch(() => undefined);
      await expect.poll(() => asked, { timeout: 20_000 }).toContain('/billing');
      first.process.kill('SIGKILL');
      answers = true;
      expect(await second.ask('billing')).toBe('of /billing');
    });
  });
});

async function keysOf(port: number): Promise<string[]> {
  const { createClient } = await import('@redis/client');
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  try {
    return await client.keys('belay:tests:*');
  } finally {
    client.destroy();
  }
}
