import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listCampaignSchedules } from '../../../src/adapters/temporal/campaign-schedules.ts';
import { applySchedule } from '../../../src/adapters/temporal/schedules.ts';
import type { AnyKind } from '../../../src/kinds/kind.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { scheduleIdOf } from '../../../src/kinds/schedule-id.ts';
import { resolveSchedule } from '../../../src/specs/kernel/resolve-schedule.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

const subject = { environment: 'staging', name: 'daily' };
const weekly = { cron: '0 8 * * 1' };
/** Nobody takes it up. */
const taskQueue = 'campaign-schedules';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await devServer();
});

afterAll(() => env.teardown());

async function apply(kind: AnyKind): Promise<string> {
  const resolution = resolveSchedule(weekly);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  const scheduleId = scheduleIdOf(kind, subject, 'default');
  const { workflowType } = kind;
  const workflowId = workflowIdOf(kind, subject);
  const about = { kind: kind.kind, workflowType, workflowId, subject, spec: {}, schedule: weekly };
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
