import { describe, expect, it } from 'vitest';
import { StruckTable, type StruckRun } from './struck-table.ts';

const strike = (scenario: string, reached: boolean): StruckRun => ({
  ...{ scenario, reached, victim: 'worker', place: 'activity', outcome: 'FailedOver' },
  ...{ differences: [], seconds: 1 },
});

const tableOf = (...rows: StruckRun[]): StruckTable => {
  const table = new StruckTable();
  for (const row of rows) table.add(row);
  return table;
};

describe('a sweep of crashes', () => {
  it('is over where a place of each kind was reached', () => {
    const rows = [strike('failover', true), strike('failover', false), strike('restore', true)];
    expect(() => tableOf(...rows).close()).not.toThrow();
  });

  it('fails where nothing was struck', () => {
    expect(() => tableOf().close()).toThrow('no place was struck');
  });

  it('fails where no place of a kind was reached: nobody was killed there', () => {
    const rows = [strike('failover', true), strike('restore', false)];
    expect(() => tableOf(...rows).close()).toThrow('no place of restore was reached');
  });
});
