import { describe, expect, it } from 'vitest';
import { judgeObjectives } from '../../../src/policies/backups/judge-drill.ts';
import { component } from './backup-sets.ts';

const files = { kind: 'files', paths: ['/srv'], exclude: [] } as const;

describe('the objectives of a drill', () => {
  it('are not met by what was not measured', () => {
    const objectives = { rpoMs: 60_000, rtoMs: 60_000 };
    expect(judgeObjectives({ rtoMs: 1_000 }, objectives, component.source)).toMatchObject([
      { name: 'RTO', passed: true },
      { name: 'RPO', passed: false, seen: expect.stringContaining('not measured') as string },
    ]);
  });

  it('are what was measured, against what may be lost', () => {
    const measured = { rtoMs: 1_000, rpoMs: 61_000 };
    expect(judgeObjectives(measured, { rpoMs: 60_000 }, component.source)).toEqual([
      { name: 'RPO', passed: false, seen: '1m1s', expected: 'at most 1m' },
    ]);
  });

  it('have no RPO where there is nothing between two sets', () => {
    expect(judgeObjectives({ rtoMs: 1_000 }, { rpoMs: 60_000 }, files)).toEqual([]);
  });
});
