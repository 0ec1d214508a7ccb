import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createOutageSweeper } from '../../../activities/chaos/outage-sweeper.ts';
import { createLeftoverActivities } from '../../../activities/kernel/leftovers.ts';
import type { LeftOutages } from '../../../src/contracts/chaos/left-outages.ts';
import { formatClaim, parseClaim } from '../../../src/policies/chaos/pod-claims.ts';

const madeBy = (name: string): LeftOutages => ({
  owner: { workflowId: `chaos/staging/${name}`, runRef: `run-of-${name}`, step: 5 },
  subject: { environment: 'staging', name },
  objects: [{ namespace: 'shop', name: `belay-${name}`, uid: name }],
});

const noClaims = { readClaim: async () => undefined, writeClaim: async () => true };

it('a run that was terminated no longer keeps others from the pods of its outage, and another one does', async () => {
  const owner = (name: string) => ({ kind: 'ReplicaSet', name, uid: `uid-${name}` });
  const written = new Map([
    ['web', formatClaim({ runRef: 'run-of-gone', step: 7, untilMs: 1e12 })],
    ['orders', formatClaim({ runRef: 'run-of-alive', step: 3, untilMs: 1e12 })],
  ]);
  const events: string[] = [];
  const sweeper = createOutageSweeper(
    { list: async () => [], remove: async () => void events.push('taken back') },
    {
      readClaim: async (controller) => written.get(controller.owner.name),
      writeClaim: async (controller, { was, to }) => {
        const { name } = controller.owner;
        if (written.get(name) !== was || to !== undefined) return false;
        events.push(`${controller.context}/${controller.namespace}/${name} is free`);
        return written.delete(name);
      },
    },
    ['east'],
  );
  const { objects, ...left } = madeBy('gone');
  const hit = ['web', 'orders'].map((name) => ({ ...objects[0]!, owner: owner(name) }));
  const ofEarlierVersion = objects[0]!;
  await sweeper.clear(
    { ...left, context: 'east', objects: [...hit, ofEarlierVersion] },
    { rolloutId: '', step: 0 },
    () => 0,
  );
  expect(events).toEqual(['taken back', 'east/shop/web is free']);
  expect([...written.keys()]).toEqual(['orders']);
});

it('pods are free soon after their outage was taken back, also where nobody lives to say so', async () => {
  let claim = formatClaim({ runRef: 'run-of-gone', step: 7, untilMs: Date.now() + 3_600_000 });
  const sweeper = createOutageSweeper(
    { list: async () => [], remove: async () => undefined },
    {
      readClaim: async () => claim,
      writeClaim: async (_, { to }) => {
        if (to === undefined) throw new Error('the janitor died');
        claim = to;
        return true;
      },
    },
    [undefined],
  );
  const { objects, ...left } = madeBy('gone');
  const owner = { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' };
  const clearing = sweeper.clear(
    { ...left, objects: [{ ...objects[0]!, owner }] },
    { rolloutId: '', step: 0 },
    () => 0,
  );
  await expect(clearing).rejects.toThrow('the janitor died');
  expect(parseClaim(claim)?.untilMs).toBeLessThan(Date.now() + 600_000);
});

it('every controller is freed, also where one of them cannot be asked', async () => {
  const owner = (name: string) => ({ kind: 'ReplicaSet', name, uid: `uid-${name}` });
  const freed: string[] = [];
  const sweeper = createOutageSweeper(
    { list: async () => [], remove: async () => undefined },
    {
      readClaim: async ({ owner: { name } }) => {
        if (name === 'web') throw new Error('the API server does not answer');
        return formatClaim({ runRef: 'run-of-gone', step: 7, untilMs: 1e12 });
      },
      writeClaim: async ({ owner: { name } }, { to }) => {
        if (to === undefined) freed.push(name);
        return true;
      },
    },
    [undefined],
  );
  const { objects, ...left } = madeBy('gone');
  const hit = ['web', 'orders'].map((name) => ({ ...objects[0]!, owner: owner(name) }));
  const clearing = sweeper.clear({ ...left, objects: hit }, { rolloutId: '', step: 0 }, () => 0);
  await expect(clearing).rejects.toThrow('does not answer');
  expect(freed).toEqual(['orders']);
});

it('outages of runs that were terminated are taken back in every cluster, and those of living runs are not', async () => {
  const clusters = new Map<string | undefined, LeftOutages[]>([
    [undefined, [madeBy('alive'), madeBy('terminated')]],
    ['east', [madeBy('gone')]],
  ]);
  const removed: string[] = [];
  const sweeper = createOutageSweeper(
    {
      list: async (context) => clusters.get(context) ?? [],
      remove: async ({ subject }) => void removed.push(subject.name),
    },
    noClaims,
    [...clusters.keys()],
  );
  const { sweepLeftovers } = createLeftoverActivities({
    sweepers: [sweeper],
    openLiveness: () => async (workflowId) => workflowId.endsWith('/alive'),
  });
  const report = await new MockActivityEnvironment().run(() => sweepLeftovers());
  expect(removed.toSorted()).toEqual(['gone', 'terminated']);
  expect(report).toMatchObject({ failed: [], swept: [{ what: 'outages' }, { what: 'outages' }] });
});
