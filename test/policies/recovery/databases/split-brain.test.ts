import { describe, expect, it } from 'vitest';
import type { NodeFacts, View } from '../../../../src/contracts/recovery/database-node.ts';
import { chooseCandidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import { decideRecovery } from '../../../../src/policies/recovery/databases/decide-recovery.ts';
import {
  judgeDeath,
  type Vantage,
} from '../../../../src/policies/recovery/databases/judge-death.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';

const confirmForMs = 10_000;
const plan = { automatic: true, automaticAgainAfterMs: 0 };

/** What is cut off, for long enough; the primary's server itself is well. */
interface Cuts {
  /** Its host from Temporal: its agent gets no act, and none of its heartbeats is accepted. */
  hostFromBelay: boolean;
  /** Its server from the workers that look at it. */
  serverFromBelay: boolean;
  /** Its server from each of its standbys. */
  standbys: readonly [boolean, boolean];
  /** The standbys' hosts from Temporal. */
  standbysFromBelay: readonly [boolean, boolean];
  clients: boolean;
  leased: boolean;
}

const both = [false, true];
const pairs = both.flatMap((one) => both.map((other) => [one, other] as const));
const everyCut: Cuts[] = both.flatMap((hostFromBelay) =>
  both.flatMap((serverFromBelay) =>
    pairs.flatMap((standbys) =>
      pairs.flatMap((standbysFromBelay) =>
        both.flatMap((clients) =>
          both.map((leased) => ({
            ...{ hostFromBelay, serverFromBelay, standbys, standbysFromBelay, clients, leased },
          })),
        ),
      ),
    ),
  ),
);

const nameOf = (index: number) => `db-${index + 2}`;

/** With a lease, the host has fenced its server by then: nobody reaches it any more. */
function vantagesOf(cuts: Cuts): Vantage[] {
  const isFenced = cuts.leased && cuts.hostFromBelay;
  const seen = (of: Vantage['of'], name: string, isCut: boolean, isAway: boolean): Vantage => {
    if (isAway) return { of, name, why: 'its agent does not answer' };
    const view: View = isCut ? 'silent' : isFenced ? 'refused' : 'accepting';
    const forMs = view === 'accepting' ? 0 : 2 * confirmForMs;
    return { of, name, observation: { by: name, view, detail: view, forMs } };
  };
  return [
    seen('host', 'db-1', false, cuts.hostFromBelay),
    ...cuts.standbys.map((isCut, index) =>
      seen('standby', nameOf(index), isCut, cuts.standbysFromBelay[index] === true),
    ),
    seen('belay', 'belay', cuts.serverFromBelay, false),
  ];
}

type Evidence = 'its host' | 'its lease' | 'a person';

/** How a watch answers, and by which evidence a failover that it starts may promote. */
function respond(cuts: Cuts): { act: string; evidence?: Evidence } {
  const isLeaseOver = cuts.leased && cuts.hostFromBelay;
  const judged = judgeDeath(vantagesOf(cuts), confirmForMs, isLeaseOver);
  const { act } = decideRecovery({ ...judged, hasEnded: false }, plan, {}, 0);
  if (act !== 'fail-over') return { act };
  if (!cuts.hostFromBelay) return { act, evidence: 'its host' };
  return { act, evidence: isLeaseOver ? 'its lease' : 'a person' };
}

const describeCuts = (cuts: Cuts) => JSON.stringify(cuts);

describe('a primary that is well, and cut off from some or all', () => {
  it('is never replaced without a fence by its host, its lease, or the word of a person', () => {
    expect(everyCut).toHaveLength(256);
    for (const cuts of everyCut) {
      const { act, evidence } = respond(cuts);
      const takesWrites = !(cuts.leased && cuts.hostFromBelay);
      if (act === 'fail-over' && takesWrites) {
        expect(evidence, describeCuts(cuts)).toBe('a person');
      }
    }
  });

  it('is left alone as long as anybody who can be asked reaches it', () => {
    for (const cuts of everyCut.filter(({ leased }) => !leased)) {
      const reached = vantagesOf(cuts).filter(
        ({ of, observation }) => of !== 'belay' && observation?.view === 'accepting',
      );
      if (reached.length > 0) expect(respond(cuts).act, describeCuts(cuts)).toBe('watch');
    }
  });

  it('is nobody’s to judge where no agent can be asked', () => {
    for (const cuts of everyCut) {
      const isAlone = cuts.hostFromBelay && cuts.standbysFromBelay.every(Boolean);
      if (isAlone && cuts.serverFromBelay) expect(respond(cuts).act).toBe('ask');
    }
  });

  it('is judged alike whether its clients reach it or not: nobody asks them', () => {
    for (const cuts of everyCut) {
      expect(respond({ ...cuts, clients: !cuts.clients })).toEqual(respond(cuts));
    }
  });

  it('with a lease is replaced without a person once its host is cut off and a standby can be asked', () => {
    for (const cuts of everyCut) {
      const canAsk = cuts.standbysFromBelay.includes(false);
      if (!cuts.leased || !cuts.hostFromBelay || !canAsk) continue;
      expect(respond(cuts), describeCuts(cuts)).toEqual({
        act: 'fail-over',
        evidence: 'its lease',
      });
    }
  });
});

describe('a standby of a primary whose commits wait for one of two', () => {
  const facts = (receivedLsn: string) => ({
    ...{ state: 'standby', systemIdentifier: '7', timeline: 1, receivedLsn, problems: [] },
    detail: 'streams',
  });
  const node = (name: string) => ({
    ...{ name, agent: name, cluster: 'main', address: { host: name, port: 5432 } },
  });
  const standby = (name: string, receivedLsn?: string): SeenNode => ({
    node: node(name),
    ...(receivedLsn === undefined
      ? { why: 'its agent does not answer' }
      : { facts: facts(receivedLsn) as unknown as NodeFacts }),
  });
  const primary: SeenNode = { node: node('db-1'), why: 'its agent does not answer' };
  const choose = (synchronousStandbys: string, ...seen: SeenNode[]) =>
    chooseCandidate([primary, ...seen], primary, { synchronousStandbys });

  it('is promoted only where enough of them answer that one has every acknowledged commit', () => {
    const of = 'ANY 1 (db-2, db-3)';
    expect(choose(of, standby('db-2', '0/5'), standby('db-3', '0/6'))).toMatchObject({
      ok: true,
      candidate: { node: { name: 'db-3' } },
    });
    expect(choose(of, standby('db-2', '0/5'), standby('db-3')).ok).toBe(false);
    expect(choose('ANY 2 (db-2, db-3)', standby('db-2', '0/5'), standby('db-3')).ok).toBe(true);
    expect(choose('FIRST 1 (db-2, db-3)', standby('db-2', '0/5'), standby('db-3')).ok).toBe(false);
  });
});
