/** One alert, as Alertmanager sends it. */
export interface WrittenAlert {
  fingerprint: string;
  startsAtMs: number;
  status?: 'firing' | 'resolved';
  labels: Record<string, string>;
}

/** A notification of Alertmanager's webhook, version 4. */
export function notificationOf(alerts: WrittenAlert[]): string {
  return JSON.stringify({
    version: '4',
    status: 'firing',
    receiver: 'belay',
    alerts: alerts.map(({ fingerprint, startsAtMs, status = 'firing', labels }) => ({
      status,
      fingerprint,
      startsAt: new Date(startsAtMs).toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      labels: { alertname: 'ServerErrors', action: 'rollback', ...labels },
      annotations: { summary: 'half of the requests fail' },
    })),
  });
}
