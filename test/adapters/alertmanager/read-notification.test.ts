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
      incidents: [],
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
    [
      { version: '3', alerts: [] },
      [
        /^version: only "4" \(a webhook of Alertmanager\) and "1" \(.* of Grafana, .*\) can be read$/,
      ],
    ],
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

describe('a notification of Grafana', () => {
  /** As a contact point "Webhook" of Grafana 11 writes it. */
  const raised = {
    status: 'firing',
    labels: {
      alertname: 'HighErrorRate',
      grafana_folder: 'shop',
      action: 'rollback',
      service: 'shop',
      environment: 'prod',
    },
    annotations: { summary: '3 % of requests fail' },
    startsAt: '2026-01-01T12:59:50+01:00',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'https://grafana.example.com/alerting/grafana/1afz29v7z/view',
    fingerprint: 'c6eadffa33fcdf37',
    silenceURL: 'https://grafana.example.com/alerting/silence/new',
    dashboardURL: '',
    panelURL: '',
    values: { B: 44.23943737541908, C: 1 },
    valueString: "[ var='B' labels={} value=44.23 ]",
    orgId: 1,
  };
  const fromGrafana = (...alerts: unknown[]) => ({
    receiver: 'belay',
    status: 'firing',
    orgId: 1,
    alerts,
    groupLabels: { alertname: 'HighErrorRate' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'https://grafana.example.com/',
    version: '1',
    groupKey: '{}/{}:{alertname="HighErrorRate"}',
    truncatedAlerts: 0,
    title: '[FIRING:1] HighErrorRate',
    state: 'alerting',
    message: '**Firing**',
  });

  it('is read as one of Alertmanager', () => {
    expect(read(fromGrafana(raised))).toEqual({
      ok: true,
      alerts: [
        {
          fingerprint: 'c6eadffa33fcdf37',
          name: 'HighErrorRate',
          status: 'firing',
          startsAtMs: Date.UTC(2026, 0, 1, 11, 59, 50),
          receivedAtMs,
          subject: { service: 'shop', environment: 'prod' },
          summary: '3 % of requests fail',
        },
      ],
      incidents: [],
      ignored: 0,
      refused: [],
    });
  });

  it.each(['DatasourceNoData', 'DatasourceError'])(
    'asks for nothing where the rule has no result: %s',
    (alertname) => {
      const labels = { ...raised.labels, alertname, rulename: 'HighErrorRate' };
      expect(read(fromGrafana({ ...raised, labels }))).toMatchObject({ alerts: [], ignored: 1 });
    },
  );
});
