import { expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/caches/memory.ts';
import type { CachePolicy } from '../../../src/contracts/kernel/caches.ts';

const limits = { entries: 3, keptMs: 3_600_000 };

/** A full memory of `a`, `b` and `c`, of which `a` was asked for often, and `b` last. */
function full(policy: CachePolicy) {
  const memory = openMemory<{ of: string }>(policy, limits);
  const set = (key: string, keptMs = 60_000) => memory.set(key, { of: key }, keptMs);
  set('a', 30_000);
  set('b', 20_000);
  set('c', 10_000);
  for (let i = 0; i < 5; i++) memory.get('a');
  memory.get('b');
  set('d');
  const left = ['a', 'b', 'c', 'd'].filter((key) => memory.get(key) !== undefined);
  const size = memory.size();
  memory.clear();
  return { left, size };
}

test.each<[string, CachePolicy, string]>([
  ['the one that nobody has asked for the longest', 'lru', 'c'],
  ['the first one in, however often it is asked for', 'fifo', 'a'],
  ['the one whose time is over first', 'ttl', 'c'],
])('a full memory lets go %s (%s)', (_, policy, gone) => {
  const { left, size } = full(policy);
  expect(left).toEqual(['a', 'b', 'c', 'd'].filter((key) => key !== gone));
  expect(size).toBe(3);
});

test('pages that everybody asks for outlast a crawl over a thousand names that are asked for once', () => {
  const memory = openMemory<{ of: string }>('lfu', { entries: 20, keptMs: 3_600_000 });
  const popular = Array.from({ length: 10 }, (_, i) => `popular-${i}`);
  for (const key of popular) memory.set(key, { of: key }, 60_000);
  for (let i = 0; i < 10; i++) for (const key of popular) memory.get(key);
  for (let i = 0; i < 1_000; i++) memory.set(`once-${i}`, { of: 'nothing' }, 60_000);
  // How often a name was asked for is an estimate: a rare one may pass for a popular one.
  expect(popular.filter((key) => memory.get(key) !== undefined).length).toBeGreaterThan(7);
  expect(memory.size()).toBe(20);
  memory.clear();
});
