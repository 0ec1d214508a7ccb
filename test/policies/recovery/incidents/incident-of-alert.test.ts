import { describe, expect, it } from 'vitest';
import type { IncidentAlertNotice } from '../../../../src/contracts/recovery/incident-alert.ts';
import { incidentOfAlert } from '../../../../src/policies/recovery/incidents/incident-of-alert.ts';
import { resolveAgainst } from '../../../../src/specs/kernel/resolve.ts';
import { incidentSchema } from '../../../../src/specs/recovery/incident.ts';

const atMs = Date.UTC(2026, 10, 29, 12);
const alert: IncidentAlertNotice = {
  ...{ alertId: 'alert/f1/1', name: 'HighErrorRate', status: 'firing', asked: 'true' },
  ...{ startsAtMs: atMs, receivedAtMs: atMs + 2_000 },
  labels: { service: 'shop', environment: 'prod' },
  summary: '3 % of requests fail',
};

describe('the incident that an alert declares', () => {
  it('is called after the service, and was detected when the alert began to fire', () => {
    expect(incidentOfAlert(alert)).toEqual({
      ...{ environment: 'prod', incident: 'shop', services: ['shop'], alert: 'alert/f1/1' },
      ...{ summary: '3 % of requests fail', detectedAt: '2026-11-29T12:00:00.000Z' },
    });
  });

  it.each([
    ['sev2', undefined, 'sev2'],
    ['SEV3 ', 'critical', 'sev3'],
    ['true', 'critical', 'sev1'],
    ['true', 'warning', 'sev3'],
    ['true', 'sev4', 'sev4'],
    ['true', 'constructor', undefined],
    ['high', undefined, undefined],
  ])('asked as %s with severity %s is %s', (asked, severity, expected) => {
    const labels = { ...alert.labels, ...(severity !== undefined && { severity }) };
    expect(incidentOfAlert({ ...alert, asked, labels }).severity).toBe(expected);
  });

  it.each([
    [{ deployment: 'shop-v2', namespace: 'prod' }, 'prod', 'shop-v2'],
    [{ service: 'Shop_API', environment: 'EU.Prod' }, 'eu-prod', 'shop-api'],
    [{ environment: 'prod' }, 'prod', 'higherrorrate'],
    [{ environment: 'prod', service: `-${'x'.repeat(62)}-y` }, 'prod', 'x'.repeat(62)],
  ])('takes any labels: %j', (labels, environment, incident) => {
    const declared = incidentOfAlert({ ...alert, labels });
    expect(declared).toMatchObject({ environment, incident });
    expect(resolveAgainst(incidentSchema, declared)).toMatchObject({ ok: true });
  });

  it('does not begin in the future, and has a summary in one line', () => {
    const { summary: _, ...silent } = alert;
    const ahead = { ...silent, name: 'Slow\nagain', startsAtMs: atMs + 3_600_000 };
    expect(incidentOfAlert(ahead)).toMatchObject({
      summary: 'Alert Slow again fires',
      detectedAt: '2026-11-29T12:00:02.000Z',
    });
    const long = incidentOfAlert({ ...alert, summary: 'x'.repeat(500) });
    expect(resolveAgainst(incidentSchema, long)).toMatchObject({ ok: true });
  });
});
