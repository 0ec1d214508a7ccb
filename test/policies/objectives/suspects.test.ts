import { expect, test } from 'vitest';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { suspectsOf } from '../../../src/policies/objectives/suspects.ts';

const ended = (family: string, name: string, spec: unknown): RunReport => ({
  ...{ format: 2, family, kind: 'any', runRef: name, workflowId: name, runId: name },
  subject: { environment: 'prod', name },
  ...{ outcome: 'Done', reason: '', startedAtMs: 1, endedAtMs: 2 },
  ...{ people: [], undo: [], notes: [], spec, details: {} },
});

test('what may have spent the budget of a service is its rollout, what hit it, and what moved it', () => {
  const services = [{ workload: 'deployment/shop' }, { workload: 'statefulset/cart' }];
  const suspects = suspectsOf('shop', [
    ended('rollouts', 'shop', {}),
    ended('rollouts', 'cart', { services: ['shop'] }),
    ended('chaos', 'slow', { services: ['cart', 'shop'] }),
    ended('recovery', 'outage', { incident: 'outage', services: ['shop'] }),
    ended('recovery', 'shop', { incident: 'shop' }),
    ended('recovery', 'group', { services }),
    ended('recovery', 'back', { plan: { services } }),
    ended('recovery', 'other', { services: [{ workload: 'deployment/cart' }] }),
    ended('backups', 'shop', {}),
  ]);
  expect(suspects.map(({ cause, runRef }) => `${cause} ${runRef}`)).toEqual([
    ...['rollout shop', 'chaos slow', 'incident outage', 'incident shop'],
    ...['incident group', 'incident back'],
  ]);
});
