import { describe, expect, it } from 'vitest';
import type { IncidentFacts } from '../../../../src/contracts/recovery/incident.ts';
import { joinIncident } from '../../../../src/policies/recovery/incidents/join-incident.ts';
import { alertsEndedAt } from '../../../../src/policies/recovery/incidents/keep-alerts.ts';
import { endAlert } from '../../../../src/policies/recovery/incidents/people-acts.ts';
import { atMs, declared } from './an-incident.ts';

const join = (facts: IncidentFacts, number: number): IncidentFacts =>
  joinIncident(facts, { atMs, by: 'the gateway', summary: 'slow', alert: `a${number}` }).facts;
const end = (facts: IncidentFacts, number: number): IncidentFacts =>
  endAlert(facts, `a${number}`, { atMs: atMs + number, by: 'the gateway' });
const endAll = (facts: IncidentFacts): IncidentFacts =>
  facts.alerts.reduce((each, { id }) => end(each, Number(id.slice(1))), facts);

const joined = (count: number, ended = 0): IncidentFacts => {
  let { facts } = declared();
  for (let number = 1; number <= count; number += 1) facts = join(facts, number);
  for (let number = 1; number <= ended; number += 1) facts = end(facts, number);
  return facts;
};

describe('more alerts of an incident than are kept', () => {
  it('leave those out that have ended, and keep the oldest that fires', () => {
    let facts = end(end(joined(100), 50), 51);
    facts = join(join(facts, 101), 102);
    expect(facts.alerts.map(({ id }) => id)).toContain('a1');
    expect(facts.alerts.some(({ id }) => id === 'a50' || id === 'a51')).toBe(false);
    expect(facts.alertsLeftOut).toBeUndefined();
    expect(alertsEndedAt(endAll(facts))).toBe(atMs + 102);
  });

  it('never end the incident where one that fires had to be left out: nobody hears of its end', () => {
    let facts = joined(101);
    expect(facts).toMatchObject({ alertsLeftOut: 1 });
    expect(facts.alerts).toHaveLength(100);
    expect(facts.timeline.at(-1)?.text).toContain('is not resolved by its alerts any more');
    facts = join(facts, 102);
    const said = facts.timeline.filter(({ text }) => text.includes('by its alerts any more'));
    expect(said).toHaveLength(1);
    expect(alertsEndedAt(endAll(facts))).toBeUndefined();
  });

  it('end with the last of them, and not while one fires, or where there is none', () => {
    expect(alertsEndedAt(joined(3, 3))).toBe(atMs + 3);
    expect(alertsEndedAt(joined(3, 2))).toBeUndefined();
    expect(alertsEndedAt(declared().facts)).toBeUndefined();
  });
});
