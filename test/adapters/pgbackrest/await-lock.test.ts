import { expect, test } from 'vitest';
import { untilUnlocked } from '../../../src/adapters/pgbackrest/await-lock.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const patience = { withinMs: 60, everyMs: 5 };

test('a stanza that somebody else works on is waited for', async () => {
  const answers = ['locked', 'locked', 'opened'] as const;
  let asked = 0;
  const found = await untilUnlocked(attempt, async () => answers[asked++] ?? 'opened', patience);
  expect([found, asked]).toEqual(['opened', 3]);
});

test('and no longer than there is time', async () => {
  const startedMs = performance.now();
  expect(await untilUnlocked(attempt, async () => 'locked', patience)).toBeUndefined();
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test('nor after the run has been stopped', async () => {
  const cancelled = AbortSignal.timeout(10);
  const waiting = untilUnlocked({ ...attempt, cancelled }, async () => 'locked', {
    ...{ withinMs: 60_000, everyMs: 30_000 },
  });
  await expect(waiting).rejects.toMatchObject({ code: 'away' });
});
