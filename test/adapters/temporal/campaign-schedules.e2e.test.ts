import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listCampaignSchedules } from '../../../src/adapters/temporal/campaign-schedules.ts';
import { applySchedule, resumeSchedule } from '../../../src/adapters/temporal/schedules.ts';
import type { AnyKind } from '../../../src/kinds/kind.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { scheduleIdOf } from '../../../src/kinds/schedule-id.ts';
import { resolveSchedule } from '../../../src/specs/kernel/resolve-schedule.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

const subject = { environment: 'staging', name: 'daily' };
const weekly = { cron: '0 8 * * 1' };
const daily = { cron: '0 8 * * *' };
/** Nobody takes it up. */
const taskQueue = 'campaign-schedules';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await devServer();
});

afterAll(() => env.teardown());

async function apply(kind: AnyKind, schedule: object = weekly, of = subject): Promise<string> {
  const resolution = resolveSchedule(schedule);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  const scheduleId = scheduleIdOf(kind, of, 'default');
  const { workflowType } = kind;
  const workflowId = workflowIdOf(kind, of);
  const about = { kind: kind.kind, workflowType, workflowId, subject: of, spec: {}, schedule };
  await applySchedule(env.client, {
    ...{ start: { scheduleId, ...about }, schedule: resolution.spec, taskQueue },
    ...{ alsoAtMs: [], except: [] },
  });
  return scheduleId;
}

it('the schedules of campaigns say since when they are there, and whether a run is open', async () => {
  const beganMs = Date.now();
  const scheduleId = await apply(chaosKinds.chaosCampaign);
  await apply(chaosKinds.chaosExperiment);
  // Temporal's list lags.
  await eventually(async () => expect(await listCampaignSchedules(env.client)).toHaveLength(1));
  const [found] = await listCampaignSchedules(env.client);
  expect(found).toMatchObject({ subject, schedule: weekly, isPaused: false, isOpen: false });
  expect(found?.sinceMs).toBeGreaterThan(beganMs - 60_000);

  const workflowId = workflowIdOf(chaosKinds.chaosCampaign, subject);
  await env.client.workflow.start('chaosCampaign', { workflowId, taskQueue });
  await env.client.schedule.getHandle(scheduleId).pause('the sale');
  expect(await listCampaignSchedules(env.client)).toMatchObject([{ isPaused: true, isOpen: true }]);
});

it('a schedule that is applied again has had its times before; one that is changed or resumed has them since then', async () => {
  const nightly = { environment: 'staging', name: 'nightly' };
  const { client } = env;
  const campaign = chaosKinds.chaosCampaign;
  const scheduleId = await apply(campaign, weekly, nightly);
  const sinceMs = () =>
    eventually(async () => {
      const found = await listCampaignSchedules(client);
      const own = found.find(({ subject: { name } }) => name === nightly.name);
      if (own === undefined) throw new Error('Temporal does not list it yet');
      return own.sinceMs;
    });
  const madeMs = await sinceMs();
  await apply(campaign, weekly, nightly);
  expect(await sinceMs()).toBe(madeMs);

  await apply(campaign, daily, nightly);
  const changedMs = await sinceMs();
  expect(changedMs).toBeGreaterThan(madeMs);

  const handle = client.schedule.getHandle(scheduleId);
  const { spec } = await handle.describe();
  await handle.pause('the sale');
  await resumeSchedule(client, scheduleId, 'it is over');
  const resumedMs = await sinceMs();
  expect(resumedMs).toBeGreaterThan(changedMs);
  expect(await handle.describe()).toMatchObject({
    spec,
    state: { paused: false, note: 'it is over' },
  });

  // It was not paused.
  await resumeSchedule(client, scheduleId, 'to be sure');
  expect(await sinceMs()).toBe(resumedMs);
});

it('a schedule that is removed while they are read is left out', async () => {
  const gone = { environment: 'staging', name: 'gone' };
  const scheduleId = await apply(chaosKinds.chaosCampaign, weekly, gone);
  await env.client.schedule.getHandle(scheduleId).delete();
  const names = (await listCampaignSchedules(env.client)).map(({ subject: { name } }) => name);
  expect(names).not.toContain(gone.name);
});
