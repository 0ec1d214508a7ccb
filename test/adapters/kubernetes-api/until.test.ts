import { expect, test } from 'vitest';
import type { Wait } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import { pollUntil } from '../../../src/adapters/kubernetes-api/until.ts';

const wait: Wait = {
  kinds: ['pods'],
  namespace: 'shop',
  timeoutMs: 5_000,
  what: () => 'pod web to be ready',
};

/** Changes that the test makes. */
function changing() {
  const listeners = new Set<() => void>();
  return {
    listeners,
    change: () => listeners.forEach((listener) => listener()),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

test('an answer that is there already needs no change', async () => {
  const { subscribe, listeners } = changing();
  expect(await pollUntil(wait, subscribe, async () => 'ready')).toBe('ready');
  expect(listeners.size).toBe(0);
});

test('a change during a look leads to another look', async () => {
  const { subscribe, change } = changing();
  let looks = 0;
  const found = await pollUntil(wait, subscribe, async () => {
    if (++looks === 2) return 'ready';
    change();
    return undefined;
  });
  expect(found).toBe('ready');
});

test('a bundle of changes is one look', async () => {
  const { subscribe, change, listeners } = changing();
  let looks = 0;
  let ready = false;
  const found = pollUntil(wait, subscribe, async () => {
    looks++;
    return ready ? 'ready' : undefined;
  });
  await Promise.resolve();
  expect(listeners.size).toBe(1);
  for (let turn = 0; turn < 100; turn++) change();
  ready = true;
  expect(await found).toBe('ready');
  expect(looks).toBe(2);
});

test('the deadline says what was waited for, as it is then', async () => {
  const { subscribe, listeners } = changing();
  let trouble = 'no trouble';
  const waiting = pollUntil(
    { ...wait, timeoutMs: 50, what: () => `pod web (${trouble})` },
    subscribe,
    async () => undefined,
  );
  trouble = 'ErrImagePull';
  await expect(waiting).rejects.toMatchObject({
    code: 'unavailable',
    message: 'waited 0.05 s for pod web (ErrImagePull)',
  });
  expect(listeners.size).toBe(0);
});

test('a look that hangs does not outlast the deadline', async () => {
  const { subscribe } = changing();
  const hanging = pollUntil({ ...wait, timeoutMs: 50 }, subscribe, () => new Promise(() => {}));
  await expect(hanging).rejects.toMatchObject({ code: 'unavailable' });
});

test('who is cancelled stops waiting, before as well as during', async () => {
  const { subscribe } = changing();
  const cancelling = new AbortController();
  const during = pollUntil(
    { ...wait, signal: cancelling.signal },
    subscribe,
    async () => undefined,
  );
  cancelling.abort(new Error('cancelled'));
  await expect(during).rejects.toThrow('cancelled');
  const after = pollUntil({ ...wait, signal: cancelling.signal }, subscribe, async () => undefined);
  await expect(after).rejects.toThrow('cancelled');
});

test('a look that fails ends the wait with its reason', async () => {
  const { subscribe } = changing();
  const failing = pollUntil(wait, subscribe, async () => {
    throw new Error('drift');
  });
  await expect(failing).rejects.toThrow('drift');
});
