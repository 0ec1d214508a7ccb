import { describe, expect, it } from 'vitest';
import type { View } from '../../../../src/contracts/recovery/database-node.ts';
import {
  judgeDeath,
  type Vantage,
} from '../../../../src/policies/recovery/databases/judge-death.ts';

const confirmForMs = 10_000;

function sees(of: Vantage['of'], name: string, view: View, forMs = 20_000): Vantage {
  return { of, name, observation: { by: name, view, detail: view, forMs } };
}
const absent = (of: Vantage['of'], name: string): Vantage => ({ of, name });

const host = (view: View, forMs?: number) => sees('host', 'db-1', view, forMs);
const standby = (name: string, view: View, forMs?: number) => sees('standby', name, view, forMs);
const belay = (view: View, forMs?: number) => sees('belay', 'belay', view, forMs);
const judge = (...vantages: Vantage[]) => judgeDeath(vantages, confirmForMs);

describe('a primary', () => {
  it.each([
    ['its own host', [host('accepting'), standby('db-2', 'silent'), belay('silent')]],
    [
      'one of its standbys',
      [absent('host', 'db-1'), standby('db-2', 'accepting'), belay('silent')],
    ],
    ['Belay alone', [absent('host', 'db-1'), standby('db-2', 'silent'), belay('accepting')]],
  ])('is alive as long as %s reaches it', (_, vantages) => {
    expect(judge(...vantages).verdict).toBe('alive');
  });

  it('that hangs is a question where Belay alone gets an answer, and its host and standbys do not', () => {
    const judged = judge(host('refused'), standby('db-2', 'silent'), belay('accepting'));
    expect(judged.verdict).toBe('unknown');
    expect(judge(host('refused', 1), standby('db-2', 'silent'), belay('accepting')).verdict).toBe(
      'alive',
    );
  });

  it('is down at once where its host saw it end', () => {
    const judged = judge(host('ended', 0), standby('db-2', 'refused', 0), belay('refused', 0));
    expect(judged).toEqual({ verdict: 'down', why: 'its host saw it end: ended' });
  });

  it('is not down because its host saw it end while somebody reaches it: it was started again', () => {
    expect(judge(host('ended', 0), standby('db-2', 'accepting')).verdict).toBe('alive');
  });

  it('is down where neither we nor its standbys have reached it for long enough', () => {
    const judged = judge(
      absent('host', 'db-1'),
      standby('db-2', 'silent'),
      belay('refused', 10_000),
    );
    expect(judged).toEqual({
      verdict: 'down',
      why: 'db-2: silent for 20s; belay: refused for 10s',
    });
  });

  it('is not down yet while one of those who miss it has not missed it for long enough', () => {
    const judged = judge(absent('host', 'db-1'), standby('db-2', 'silent', 9_999), belay('silent'));
    expect(judged).toEqual({
      verdict: 'unsettled',
      why: 'db-2 has not reached it, but for less than 10s',
    });
  });

  it('is not judged where no agent answers: we may be the ones that are cut off', () => {
    const away = [absent('host', 'db-1'), absent('standby', 'db-2'), belay('silent')];
    expect(judge(...away).verdict).toBe('isolated');
  });

  it('is unknown where less than half of its standbys can say', () => {
    const judged = judge(
      host('silent'),
      standby('db-2', 'silent'),
      ...[absent('standby', 'db-3'), absent('standby', 'db-4'), belay('silent')],
    );
    expect(judged).toEqual({
      verdict: 'unknown',
      why: 'nobody answers for db-3 and db-4, so it cannot be said whether it is down',
    });
  });

  it('is unknown where it hangs and its only standby cannot say', () => {
    expect(judge(host('silent'), absent('standby', 'db-2'), belay('silent')).verdict).toBe(
      'unknown',
    );
  });

  it('that hangs is down by agreement, its own host among those who miss it', () => {
    expect(judge(host('silent'), standby('db-2', 'silent'), belay('silent')).verdict).toBe('down');
  });

  describe('whose lease has run out', () => {
    const leaseOver = (...vantages: Vantage[]) => judgeDeath(vantages, confirmForMs, true);

    it('is down at once, however short it has been away, and however many standbys cannot say', () => {
      const away = [absent('host', 'db-1'), standby('db-2', 'refused', 0), belay('silent', 0)];
      expect(leaseOver(...away)).toEqual({
        verdict: 'down',
        why: 'its lease has run out: its host has fenced it, and nobody reaches it',
      });
      const few = [absent('standby', 'db-3'), absent('standby', 'db-4')];
      expect(leaseOver(...away, ...few).verdict).toBe('down');
    });

    it('is alive all the same where somebody reaches it', () => {
      const judged = leaseOver(
        absent('host', 'db-1'),
        standby('db-2', 'accepting'),
        belay('silent'),
      );
      expect(judged.verdict).toBe('alive');
    });

    it('is not judged where no agent answers', () => {
      const away = [absent('host', 'db-1'), absent('standby', 'db-2'), belay('silent')];
      expect(leaseOver(...away).verdict).toBe('isolated');
    });
  });
});
