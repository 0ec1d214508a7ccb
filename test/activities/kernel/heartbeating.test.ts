import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spreadHeartbeats } from '../../../activities/kernel/support/heartbeating.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** The heartbeats of an activity with a timeout of eight seconds, each with when it was sent. */
async function heartbeatsOf(
  random: number,
  act: (beats: ReturnType<typeof spreadHeartbeats>) => Promise<void>,
): Promise<{ atMs: number; details: unknown }[]> {
  const sent: { atMs: number; details: unknown }[] = [];
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 8_000 });
  const startedAtMs = Date.now();
  environment.on('heartbeat', (details: unknown) => {
    sent.push({ atMs: Date.now() - startedAtMs, details });
  });
  await environment.run(() => act(spreadHeartbeats(Context.current(), () => random)));
  return sent;
}

describe('the heartbeats of activities that begin together', () => {
  it('begin at moments of their own, with what is known by then', async () => {
    const act = async ({ beat, stop }: ReturnType<typeof spreadHeartbeats>) => {
      for (const known of ['first', 'second', 'third']) {
        beat(known);
        await vi.advanceTimersByTimeAsync(1_500);
      }
      stop();
    };
    expect(await heartbeatsOf(0.5, act)).toEqual([
      { atMs: 2_000, details: 'second' },
      { atMs: 3_000, details: 'third' },
    ]);
    expect(await heartbeatsOf(0.25, act)).toEqual([
      { atMs: 1_000, details: 'first' },
      { atMs: 1_500, details: 'second' },
      { atMs: 3_000, details: 'third' },
    ]);
  });

  it('begin before half of their timeout is over', async () => {
    const [first] = await heartbeatsOf(0.999_999, async ({ beat, stop }) => {
      beat('known');
      await vi.advanceTimersByTimeAsync(8_000);
      stop();
    });
    expect(first?.atMs).toBeLessThanOrEqual(4_000);
  });

  it('are not sent once the activity has ended', async () => {
    const sent = await heartbeatsOf(0.5, async ({ beat, stop }) => {
      beat('known');
      stop();
      await vi.advanceTimersByTimeAsync(8_000);
    });
    expect(sent).toEqual([]);
  });
});
