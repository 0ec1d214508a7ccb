import { describe, expect, it } from 'vitest';
import type { ActRecord } from '../../../src/agent/acts/act-files.ts';
import { examineTarget } from '../../../src/agent/chaos/examine.ts';
import type { TargetName } from '../../../src/specs/chaos/target-part.ts';

const openAct = (command: string, runRef: string) =>
  ({ act: { runRef, step: 1 }, command }) as ActRecord;

const examine = (open: ActRecord[], target: TargetName = {}, more: object = {}) =>
  examineTarget(
    { target, fault: { type: 'cpu', load: 1, workers: 1 }, durationMs: 1_000 },
    {
      agent: 'web-1',
      settings: {
        ...{
          longestMs: 60_000,
          hostFaults: ['cpu'],
          networks: [],
          disks: [],
          proxies: [],
          copies: [],
        },
        processes: [
          { name: 'web', foundBy: { pidFile: '/nowhere/web.pid' }, faults: ['freeze', 'crash'] },
        ],
      },
      ...{ open, stateFolder: '/nowhere', servers: async () => [], ...more },
    },
  );

describe('what an earlier experiment has on a host', () => {
  it('refuses every other one there, whatever part of the host either of them is about', async () => {
    const open = [openAct('chaos freeze process web', 'run-of-staging')];
    const freeze = { what: 'chaos freeze process web is not over', runRef: 'run-of-staging' };
    expect((await examine(open)).leftovers).toEqual([freeze]);
    expect((await examine(open, { process: 'web' })).leftovers).toEqual([freeze]);
    expect((await examine(open, { network: 'web' })).leftovers).toEqual([freeze]);
  });

  it('is no other act of its agent, and nothing of the same run', async () => {
    const acts = [openAct('vacuum', 'another'), openAct('chaos freeze process web', 'own')];
    expect((await examine(acts, {}, { runRef: 'own' })).leftovers).toEqual([]);
  });
});
