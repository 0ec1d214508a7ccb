import { describe, expect, test } from 'vitest';
import {
  findRival,
  judgePresence,
  type PresenceFacts,
} from '../../../../src/policies/kernel/agents/judge-presence.ts';

const nowMs = 10_000_000;
const facts = (over: Partial<PresenceFacts>): PresenceFacts => ({
  ...{ instance: 'a', recordedAtMs: nowMs - 300_000, hasStopped: false, pollers: [] },
  ...over,
});
const poll = (instance: string | undefined, agoMs: number) => ({
  instance,
  lastSeenMs: nowMs - agoMs,
});

test.each<[string, PresenceFacts, object]>([
  [
    'an agent that has just asked for work is polling',
    facts({ pollers: [poll('a', 5_000)] }),
    { state: 'polling', lastSeenMs: nowMs - 5_000 },
  ],
  [
    'an agent that waits for the answer to a long poll is polling',
    facts({ pollers: [poll('a', 65_000)] }),
    { state: 'polling', lastSeenMs: nowMs - 65_000 },
  ],
  [
    'an agent that has not asked for longer than a poll takes is away since then',
    facts({ pollers: [poll('a', 90_000)] }),
    { state: 'away', lastSeenMs: nowMs - 90_000 },
  ],
  [
    'an agent whose polls are forgotten is away since its record',
    facts({}),
    { state: 'away', lastSeenMs: nowMs - 300_000 },
  ],
  [
    'an agent of the same name with another state folder does not count',
    facts({ pollers: [poll('b', 1_000), poll(undefined, 1_000)] }),
    { state: 'away', lastSeenMs: nowMs - 300_000 },
  ],
  [
    'an agent that was told to stop has stopped, although it had just asked',
    facts({ hasStopped: true, recordedAtMs: nowMs - 1_000, pollers: [poll('a', 2_000)] }),
    { state: 'stopped', lastSeenMs: nowMs - 1_000 },
  ],
])('%s', (_, given, presence) => {
  expect(judgePresence(given, nowMs)).toEqual(presence);
});

describe('an agent that starts', () => {
  const rival = (pollers: PresenceFacts['pollers'], stopped?: string) =>
    findRival({ instance: 'a', pollers }, stopped, nowMs);

  test('finds another of its name that still asks for work', () => {
    expect(rival([poll('a', 1_000), poll('b', 30_000)])).toEqual(poll('b', 30_000));
  });

  test('takes the place of one that was told to stop, or is long gone, or is itself', () => {
    expect(rival([poll('b', 3_000)], 'b')).toBeUndefined();
    expect(rival([poll('b', 80_000)])).toBeUndefined();
    expect(rival([poll('a', 1_000)])).toBeUndefined();
  });
});
