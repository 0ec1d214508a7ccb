import { describe, expect, it } from 'vitest';
import { readNotification } from '../../../src/adapters/alertmanager/read-notification.ts';

const receivedAtMs = Date.UTC(2026, 0, 1, 12);

/** As Alertmanager 0.25 writes it. */
const fired = {
  status: 'firing',
  labels: { alertname: 'HighErrorRate', action: 'rollback', deployment: 'shop', namespace: 'prod' },
  annotations: { summary: '3 % of requests fail' },
  startsAt: '2026-01-01T11:59:58.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
  fingerprint: '1a2b3c4d5e6f7081',
};

const notificationOf = (...alerts: unknown[]) => ({
  version: '4',
  groupKey: '{}:{alertname="HighErrorRate"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'belay',
  alerts,
});

const read = (payload: unknown) => readNotification(payload, receivedAtMs);

describe('a notification of Alertmanager', () => {
  it('is read to the millisecond, with the service that its labels name', () => {
    expect(read(notificationOf(fired))).toEqual({
      ok: true,
      alerts: [
        {
          fingerprint: '1a2b3c4d5e6f7081',
          name: 'HighErrorRate',
          status: 'firing',
          startsAtMs: Date.UTC(2026, 0, 1, 11, 59, 58, 123),
          receivedAtMs,
          subject: { deployment: 'shop', namespace: 'prod' },
          summary: '3 % of requests fail',
        },
      ],
      ignored: 0,
      refused: [],
    });
  });

  it('asks for nothing without the label action=rollback', () => {
    const other = { ...fired, labels: { ...fired.labels, action: 'page' } };
    const without = { ...fired, labels: { alertname: 'Watchdog' } };
    expect(read(notificationOf(other, without, fired, null, 7))).toMatchObject({
      alerts: [{ fingerprint: fired.fingerprint }],
      ignored: 4,
      refused: [],
    });
  });

  it('loses no good alert to a bad sibling, and says all that is wrong with that', () => {
    const bad = { ...fired, fingerprint: '../etc', startsAt: 'yesterday', status: 'sleeping' };
    expect(read(notificationOf(bad, fired))).toMatchObject({
      alerts: [{ fingerprint: fired.fingerprint }],
      refused: [
        {
          alert: 0,
          problems: [
            expect.stringMatching(/^status: /),
            expect.stringMatching(/^fingerprint: not letters/),
            expect.stringMatching(/^startsAt: /),
          ],
        },
      ],
    });
  });

  it('keeps no more of a text than fits a line or two', () => {
    const long = { ...fired, annotations: { summary: 'x'.repeat(10_000) } };
    const { alerts } = read(notificationOf(long)) as { alerts: { summary?: string }[] };
    expect(alerts[0]?.summary).toHaveLength(500);
  });

  it.each([
    [null, [/expected object/]],
    [[], [/expected object/]],
    [{ version: '3', alerts: [] }, [/^version: only version "4" is known$/]],
    [{}, [/^version: /, /^alerts: /]],
    [{ version: '4', alerts: 'all' }, [/^alerts: /]],
  ])('is refused as %j, with every problem', (payload, expected) => {
    const answer = read(payload) as { ok: boolean; problems: string[] };
    expect(answer.ok).toBe(false);
    expect(answer.problems).toEqual(
      expected.map((problem) => expect.stringMatching(problem) as string),
    );
  });
});
