import { describe, expect, it } from 'vitest';
import { incidentSeverities } from '../../../src/kinds/incident-words.ts';
import { incidentSchema, type IncidentSpec } from '../../../src/specs/recovery/incident.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const minimal = { environment: 'prod', incident: 'shop', summary: 'it is slow' };
const resolve = (more: object) => resolveAgainst(incidentSchema, { ...minimal, ...more });

function resolved(more: object): IncidentSpec {
  const resolution = resolve(more);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec;
}

describe('the spec of an incident', () => {
  it('has the usual rules of its severity, and the worst where nobody is sure', () => {
    const unsure = resolve({});
    expect(unsure).toMatchObject({
      ok: true,
      spec: { severity: 'sev1', isSeverityUnsure: true, services: ['shop'], freeze: 'no' },
    });
    const several = resolve({ severity: ['sev3', 'sev2'] });
    expect(several).toMatchObject({
      spec: {
        severity: 'sev2',
        rules: {
          sev1: {
            acknowledgeWithinMs: 300_000,
            rtoMs: 3_600_000,
            rpoMs: 300_000,
            postmortem: { days: 3 },
          },
          sev2: {
            acknowledgeWithinMs: 900_000,
            updateEveryMs: 900_000,
            postmortem: { businessDays: 5 },
          },
          sev3: { acknowledgeWithinMs: 7_200_000, rtoMs: 86_400_000, rpoMs: 3_600_000 },
          sev4: { acknowledgeWithinMs: 86_400_000 },
        },
      },
    });
  });

  it.each(incidentSeverities)('asks for an update every 15 minutes in a %s', (severity) => {
    const { rules } = resolved({ severity });
    expect(rules[severity].updateEveryMs).toBe(15 * 60_000);
  });

  it('changes rules of a severity and leaves the others', () => {
    const changed = resolve({ severities: { sev1: { updateEvery: '30m', postmortem: 'none' } } });
    expect(changed).toMatchObject({
      spec: { rules: { sev1: { updateEveryMs: 1_800_000, acknowledgeWithinMs: 300_000 } } },
    });
    expect(changed.ok && 'postmortem' in changed.spec.rules.sev1).toBe(false);
  });

  it('is refused with every problem and its path', () => {
    const refused = resolveAgainst(incidentSchema, {
      environment: 'Prod',
      summary: '',
      severity: ['sev9'],
      impactAt: '2026-12-24T18:00',
      escalation: [{ after: '5m' }, { after: '5m', to: [] }],
      severities: { sev1: { postmortem: { weeks: 1 } }, sev7: {} },
      zone: 'Berlin',
      holidays: ['24.12.2026'],
      freeze: 'all',
      service: 'shop',
    });
    expect(refused).toMatchObject({ ok: false });
    const problems = refused.ok ? [] : refused.problems;
    expect(problems.map(({ path }) => path).sort()).toEqual(
      [
        'environment',
        'incident',
        'summary',
        'severity[0]',
        'impactAt',
        'escalation[1].after',
        'escalation[1].to',
        'severities.sev1.postmortem.days',
        'severities.sev1.postmortem.weeks',
        'severities.sev7',
        'zone',
        'holidays[0]',
        'freeze',
        'service',
      ].sort(),
    );
    expect(problems.find(({ path }) => path === 'service')?.message).toBe('write services: [name]');
    expect(problems.find(({ path }) => path === 'impactAt')?.message).toContain('no offset');
  });
});
