import { describe, expect, it } from 'vitest';
import type { IncidentFacts } from '../../../../src/contracts/recovery/incident.ts';
import { incidentPhases, type IncidentPhase } from '../../../../src/kinds/incident-phases.ts';
import { incidentVerbs } from '../../../../src/kinds/incident-verbs.ts';
import { incidentSeverities } from '../../../../src/kinds/incident-words.ts';
import { acceptedVerbs } from '../../../../src/policies/kernel/verbs/judge-verb.ts';
import {
  afterEscalation,
  armEscalation,
  nextEscalation,
} from '../../../../src/policies/recovery/incidents/escalation.ts';
import { nextClockAct } from '../../../../src/policies/recovery/incidents/incident-clock.ts';
import { joinIncident } from '../../../../src/policies/recovery/incidents/join-incident.ts';
import {
  acknowledge,
  armAgain,
  finishPostmortem,
  mitigate,
  resolve,
  tellUpdate,
} from '../../../../src/policies/recovery/incidents/people-acts.ts';
import { addEntry } from '../../../../src/policies/recovery/incidents/timeline.ts';
import type { IncidentSpec } from '../../../../src/specs/recovery/incident.ts';
import { atMs, declared, specOf } from './an-incident.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The minutes after its declaration at which nobody's silence calls people. */
function callsOf(spec: IncidentSpec, many: number): string[] {
  let state = armEscalation(0);
  return Array.from({ length: many }, () => {
    const act = nextEscalation(spec, spec.severity, state);
    state = afterEscalation(spec, spec.severity, { act, doneAtMs: act.atMs });
    return `${act.atMs / minuteMs}: round ${act.round} level ${act.level}`;
  });
}

describe('an escalation', () => {
  it.each([
    [
      'sev1',
      [
        '0: round 0 level 1',
        '5: round 0 level 2',
        '10: round 0 level 3',
        '15: round 1 level 3',
        '25: round 2 level 3',
      ],
    ],
    [
      'sev2',
      [
        '0: round 0 level 1',
        '15: round 0 level 2',
        '30: round 0 level 3',
        '45: round 1 level 3',
        '75: round 2 level 3',
      ],
    ],
    [
      'sev3',
      [
        '0: round 0 level 1',
        '120: round 0 level 2',
        '240: round 0 level 3',
        '360: round 1 level 3',
        '600: round 2 level 3',
      ],
    ],
    [
      'sev4',
      [
        '0: round 0 level 1',
        '1440: round 0 level 2',
        '2880: round 0 level 3',
        '4320: round 1 level 3',
        '5760: round 2 level 3',
      ],
    ],
  ])('of a %s calls level after level, then everybody, ever further apart', (severity, calls) => {
    expect(callsOf(specOf({ severity }), 5)).toEqual(calls);
  });

  it('calls the channels of every level in a later round, or leaves all to the routes', () => {
    const spec = specOf({
      escalation: [
        { after: '0s', to: ['a'], who: ['ana'] },
        { after: '1m', to: ['b'], who: ['ben'] },
      ],
    });
    const later = nextEscalation(spec, 'sev1', { roundAtMs: 0, round: 1, notified: 0 });
    expect(later).toMatchObject({ to: ['a', 'b'], who: ['ana', 'ben'] });
    const routed = specOf({ escalation: [{ after: '0s' }, { after: '1m', to: ['b'] }] });
    const all = nextEscalation(routed, 'sev1', { roundAtMs: 0, round: 1, notified: 0 });
    expect(all).not.toHaveProperty('to');
  });

  it('goes on from now when a person asks for the next level early', () => {
    const spec = specOf({ severity: 'sev2' });
    const act = nextEscalation(spec, 'sev2', { roundAtMs: 0, round: 0, notified: 1 });
    const state = afterEscalation(spec, 'sev2', { act, doneAtMs: minuteMs });
    expect(nextEscalation(spec, 'sev2', state).atMs).toBe(16 * minuteMs);
  });
});

/** Does what the clock would, without anybody. */
function strike(facts: IncidentFacts, spec: IncidentSpec): { facts: IncidentFacts; atMs: number } {
  const act = nextClockAct(facts, spec);
  if (act === undefined) throw new Error(`the clock stands still in ${facts.phase}`);
  const said = { facts, atMs: act.atMs };
  switch (act.kind) {
    case 'escalate': {
      const doneAtMs = act.atMs;
      const after = afterEscalation(spec, facts.severity, { act: act.escalation, doneAtMs });
      const told = addEntry(facts, { recordedAtMs: doneAtMs, text: 'escalated' });
      return { ...said, facts: { ...told, escalation: after } };
    }
    case 'remind-of-update':
      return { ...said, facts: { ...facts, updateRemindedAtMs: act.atMs } };
    case 'arm-again':
      return { ...said, facts: armAgain(facts, act.atMs) };
    case 'remind-to-resolve':
    case 'remind-of-postmortem':
      return { ...said, facts: { ...facts, remindedAtMs: act.atMs } };
  }
}

describe('the clock of an incident', () => {
  it.each(incidentSeverities)(
    'of a %s that nobody answers strikes a few times a day for a month, and is bounded',
    (severity) => {
      const { spec, facts } = declared({ severity });
      let state = { facts, atMs };
      let strikes = 0;
      while (state.atMs < atMs + 30 * dayMs) {
        const next = strike(state.facts, spec);
        expect(next.atMs).toBeGreaterThanOrEqual(state.atMs);
        state = next;
        strikes += 1;
      }
      expect(strikes).toBeGreaterThan(10);
      expect(strikes).toBeLessThan(200);
      expect(state.facts.timeline.length).toBeLessThanOrEqual(300);
      expect(state.facts.timeline[0]?.text).toContain('declared');
    },
  );

  it('reminds of an update when it is due, calls again a while later, and is silenced by an update', () => {
    const { spec, facts } = declared({ severity: 'sev1' });
    const acked = acknowledge(facts, { atMs, by: 'ben' });
    const reminded = strike(acked, spec);
    expect(reminded.atMs).toBe(atMs + 15 * minuteMs);
    const armed = strike(reminded.facts, spec);
    expect(armed).toMatchObject({ atMs: atMs + 30 * minuteMs, facts: { phase: 'overdue' } });
    expect(nextClockAct(armed.facts, spec)).toMatchObject({ kind: 'escalate', atMs: armed.atMs });
    const told = tellUpdate(armed.facts, { text: 'on it' }, { atMs: armed.atMs, by: 'ben' });
    expect(nextClockAct(told, spec)).toEqual({
      kind: 'remind-of-update',
      atMs: armed.atMs + 15 * minuteMs,
    });
  });

  it('calls again at once for a severity that gets worse, and not for one that gets better', () => {
    const { spec, facts } = declared({ severity: 'sev4' });
    const called = strike(facts, spec).facts;
    const said = { atMs: atMs + minuteMs, by: 'ana' };
    const worse = tellUpdate(called, { text: 'all down', severity: 'sev1' }, said);
    expect(nextClockAct(worse, spec)?.atMs).toBe(said.atMs);
    const joined = joinIncident(worse, { ...said, summary: 'x', severity: 'sev3' });
    expect(joined.facts.severity).toBe('sev1');
    const better = tellUpdate(worse, { text: 'not so bad', severity: 'sev2' }, said);
    expect(better).toMatchObject({ severity: 'sev2', escalation: worse.escalation });
  });

  it('reminds of a postmortem a day before, when it is due, and daily', () => {
    const { spec, facts } = declared({ severity: 'sev1' });
    const due = { happenedAtMs: atMs, postmortemDueAtMs: atMs + 3 * dayMs };
    let state = { facts: resolve(facts, due, { atMs, by: 'ana' }), atMs };
    const strikes = Array.from({ length: 4 }, () => {
      state = strike(state.facts, spec);
      return (state.atMs - atMs) / dayMs;
    });
    expect(strikes).toEqual([2, 3, 4, 5]);
    const done = finishPostmortem(state.facts, undefined, { atMs, by: 'ana' });
    expect(nextClockAct(done, spec)).toBeUndefined();
  });

  it('has in every phase that waits an act of its own and a verb that leaves it', () => {
    const waiting = (Object.keys(incidentPhases) as IncidentPhase[]).filter(
      (phase) => !['starting', 'undoing', 'closed'].includes(phase),
    );
    const leaves: Record<string, string[]> = {
      unacknowledged: ['ack', 'mitigate', 'resolve', 'withdraw'],
      overdue: ['ack', 'update', 'resolve', 'withdraw'],
      acknowledged: ['mitigate', 'resolve', 'withdraw'],
      mitigated: ['resolve', 'declare', 'withdraw'],
      resolved: ['postmortem', 'declare', 'withdraw'],
      'undo-failed': ['retry', 'giveUp'],
    };
    expect(Object.keys(leaves).sort()).toEqual(waiting.sort());
    for (const phase of waiting) {
      expect(acceptedVerbs(incidentVerbs, phase)).toEqual(
        expect.arrayContaining(leaves[phase] ?? []),
      );
    }
  });

  it('always ends, whatever people do in whatever order', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let walk = 0; walk < 200; walk++) {
      const severity = incidentSeverities[random(4)] ?? 'sev1';
      const { spec, facts } = declared({ severity });
      let state = { facts, atMs };
      for (let step = 0; step < 30; step++) {
        const said = { atMs: state.atMs + random(30) * minuteMs, by: 'ana' };
        const { phase } = state.facts;
        const accepted = acceptedVerbs(incidentVerbs, phase);
        const choices: Record<string, () => IncidentFacts> = {
          ack: () => acknowledge(state.facts, said),
          update: () => tellUpdate(state.facts, { text: 'x' }, said),
          mitigate: () => mitigate(state.facts, { happenedAtMs: said.atMs }, said),
          declare: () => joinIncident(state.facts, { ...said, summary: `again ${step}` }).facts,
        };
        const verbs = Object.keys(choices).filter((verb) => accepted.includes(verb));
        const verb = verbs[random(verbs.length + 1)];
        state =
          verb === undefined
            ? strike(state.facts, spec)
            : { facts: choices[verb]!(), atMs: said.atMs };
        expect(nextClockAct(state.facts, spec)).toBeDefined();
        const mayEscalate = state.facts.escalation !== undefined;
        expect(mayEscalate).toBe(['unacknowledged', 'overdue'].includes(state.facts.phase));
      }
      expect(acceptedVerbs(incidentVerbs, state.facts.phase)).toContain('resolve');
    }
  });
});
