import { beforeEach, expect, test } from 'vitest';
import { Cache, type CacheSettings } from '../../../src/adapters/caches/cache.ts';
import { hitRate, type SharedAnswers } from '../../../src/contracts/kernel/caches.ts';

const settings: CacheSettings<string[]> = {
  ...{ name: 'lists', policy: 'lru', freshMs: 10_000, mayBeOld: true },
  shared: { version: 1, isForm: (value): value is string[] => Array.isArray(value) },
};

let nowMs: number;
let asked: number;
let answer: () => Promise<string[]>;
let kept: Map<string, string>;
beforeEach(() => {
  nowMs = Date.now();
  asked = 0;
  answer = () => Promise.resolve(['a']);
  kept = new Map();
});

const store: SharedAnswers = {
  read: (key) => Promise.resolve(kept.get(key)),
  write: (key, text) => {
    kept.set(key, text);
    return Promise.resolve();
  },
};

function open(over: Partial<CacheSettings<string[]>> = {}, isShared = false) {
  return new Cache<string[]>(
    { ...settings, ...over },
    {
      ...{ entries: 100, keptMs: 3_600_000, now: () => nowMs },
      ...(isShared && { shared: { store, prefix: 'belay:one' } }),
    },
  );
}

const ask = () => {
  asked += 1;
  return answer();
};
const about = { about: 'everything' };

test('a question is asked once for as long as its answer is fresh, and once by all who ask meanwhile', async () => {
  const cache = open();
  await Promise.all([cache.read(about, ask), cache.read(about, ask), cache.read(about, ask)]);
  nowMs += 9_999;
  await cache.read(about, ask);
  expect(asked).toBe(1);
  nowMs += 1;
  expect((await cache.read(about, ask)).atMs).toBe(nowMs);
  expect(asked).toBe(2);
  const report = cache.report();
  expect(report).toMatchObject({ hits: 3, misses: 2, stale: 0, entries: 1, limit: 100 });
  expect(hitRate(report)).toBe(0.6);
});

test('while the source is down, its last answer is given with its age, and it is asked now and then', async () => {
  const cache = open();
  const { atMs } = await cache.read(about, ask);
  answer = () => Promise.reject(new Error('it is down'));
  nowMs += 20_000;
  for (let i = 0; i < 5; i++) {
    expect(await cache.read(about, ask)).toMatchObject({
      ...{ value: ['a'], atMs, failure: 'it is down' },
    });
  }
  expect(asked).toBe(2);
  expect(cache.report().stale).toBe(5);
  nowMs += 10_000;
  answer = () => Promise.resolve(['b']);
  expect(await cache.read(about, ask)).toEqual({ value: ['b'], atMs: nowMs });
});

test('an answer is given no longer than it is kept, however long the source is down', async () => {
  const cache = open({}, true);
  await cache.read(about, ask);
  answer = () => Promise.reject(new Error('it is down'));
  nowMs += 3_600_000;
  await expect(cache.read(about, ask)).rejects.toThrow('it is down');
});

test('where an old answer could be taken for a new one, a source that is down fails', async () => {
  const cache = open({ mayBeOld: false }, true);
  await cache.read(about, ask);
  answer = () => Promise.reject(new Error('it is down'));
  nowMs += 10_000;
  await expect(cache.read(about, ask)).rejects.toThrow('it is down');
  expect(cache.report()).toMatchObject({ stale: 0 });
});

test('a failure is told to everybody who waits, and is not kept', async () => {
  const cache = open();
  answer = () => Promise.reject(new Error('not yet'));
  const all = await Promise.allSettled([cache.read(about, ask), cache.read(about, ask)]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  answer = () => Promise.resolve(['a']);
  expect((await cache.read(about, ask)).value).toEqual(['a']);
  expect(asked).toBe(2);
});

test('another process takes what one has asked, also as an old answer', async () => {
  const { atMs } = await open({}, true).read(about, ask);
  nowMs += 5_000;
  const other = open({}, true);
  expect(await other.read(about, ask)).toEqual({ value: ['a'], atMs });
  expect(other.report()).toMatchObject({ sharedHits: 1, misses: 0 });
  nowMs += 60_000;
  answer = () => Promise.reject(new Error('it is down'));
  expect(await open({}, true).read(about, ask)).toEqual({
    ...{ value: ['a'], atMs, failure: 'it is down' },
  });
});

test('keys carry the environment and the version of the form, and nothing else that can be read', async () => {
  const cache = open({}, true);
  await cache.read({ environment: 'prod', about: { service: 'shop' } }, ask);
  await cache.read({ environment: 'staging', about: { service: 'shop' } }, ask);
  await open(
    { shared: { version: 2, isForm: (value): value is string[] => Array.isArray(value) } },
    true,
  ).read(about, ask);
  expect(asked).toBe(3);
  const keys = [...kept.keys()].map((key) => key.replace(/:[\w-]{43}$/, ''));
  expect(keys).toEqual([
    'belay:one:lists:v1:prod',
    'belay:one:lists:v1:staging',
    'belay:one:lists:v2:*',
  ]);
});

test.each(['not JSON', '[]', '{"value":7,"atMs":1}', '{"value":[],"atMs":"now"}'])(
  'the source is asked where Redis holds %s',
  async (text) => {
    await open({}, true).read(about, ask);
    for (const key of kept.keys()) kept.set(key, text);
    expect((await open({}, true).read(about, ask)).value).toEqual(['a']);
    expect(asked).toBe(2);
  },
);

test('an answer from the future, of a host whose clock is wrong, is neither fresh nor the last good one', async () => {
  nowMs += 60_000;
  await open({}, true).read(about, ask);
  nowMs -= 60_000;
  answer = () => Promise.reject(new Error('it is down'));
  await expect(open({}, true).read(about, ask)).rejects.toThrow('it is down');
  expect(asked).toBe(2);
});

test('an environment that is called * is not all environments', async () => {
  const cache = open({}, true);
  await cache.read({ environment: '*', about: [] }, ask);
  await cache.read({ about: [] }, ask);
  expect(asked).toBe(2);
});

test('an answer is as old as its question, since what changed meanwhile may not be in it', async () => {
  const askedAtMs = nowMs;
  answer = () => {
    nowMs += 5_000;
    return Promise.resolve(['a']);
  };
  expect((await open().read(about, ask)).atMs).toBe(askedAtMs);
});

test('of large answers, fewer are kept than the settings allow', async () => {
  const cache = open({ most: 2 });
  for (const name of ['a', 'b', 'c']) await cache.read({ about: name }, ask);
  expect(cache.report()).toMatchObject({ entries: 2, limit: 2 });
});
