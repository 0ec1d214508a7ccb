import type { Client } from '@temporalio/client';
import { defaultDataConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { followRollout, type RolloutSighting } from '../../src/cli/rollouts/follow-rollout.ts';
import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { rolloutReport } from '../fixtures/rollout-report.ts';

const name = { service: 'shop', environment: 'demo' };

/** Temporal with one open run, whose status is another one at every look. */
function temporalThatAnswers(...statuses: Partial<RolloutStatus>[]): Client {
  const handle = {
    describe: () => Promise.resolve({ status: { name: 'RUNNING' }, raw: {} }),
    query: () => Promise.resolve(statuses.shift()),
  };
  return {
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflow: { getHandle: () => handle },
    options: { loadedDataConverter: defaultDataConverter },
  } as unknown as Client;
}

async function lastSighting(client: Client, ledger: Ledger): Promise<RolloutSighting | undefined> {
  let last: RolloutSighting | undefined;
  for await (const sighting of followRollout(client, ledger, { name, everyMs: 1 })) last = sighting;
  return last;
}

describe('following a rollout', () => {
  it('tells how it ended even when its successor has not read its own spec yet', async () => {
    const holding: Partial<RolloutStatus> = { rolloutId: 'r6', ...name, phase: 'holding' };
    const newborn: Partial<RolloutStatus> = { rolloutId: 'r7', service: '', environment: '' };
    const report = rolloutReport({ ...name, runRef: 'r6', outcome: 'Superseded' });
    const last = await lastSighting(
      temporalThatAnswers(holding, newborn),
      new MemoryLedger(report),
    );
    expect(last).toEqual({ kind: 'closed', end: { kind: 'report', report } });
  });
});
