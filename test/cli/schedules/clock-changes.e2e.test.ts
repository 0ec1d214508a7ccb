import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyRun } from '../../../src/cli/registry.ts';
import { apply, readScheduleFile } from '../../../src/cli/schedules/apply-schedule.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { devServer } from '../../fixtures/temporal.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await devServer();
});
afterAll(() => env.teardown());

/** When the server would start a run from this moment on, in UTC. */
async function startsOf(cron: string, zone: string, fromDay: string): Promise<string[]> {
  const name = `${zone}-${fromDay}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const file = `
kind: backup
environment: demo
backup: shop
agent: local
components:
  uploads: { files: { paths: [/srv/uploads] }, repositories: [files] }
schedule: { name: ${name}, cron: "${cron}", zone: ${zone} }
`;
  const order = readScheduleFile(file, 'nightly.yaml', await everyRun.load());
  const to = { temporal: () => Promise.resolve(env.client), config: loadConfig({}) };
  const { scheduleId } = await apply(order, to as never);
  const handle = env.client.schedule.getHandle(scheduleId);
  await handle.update(({ spec, ...rest }) => ({
    ...rest,
    spec: { ...spec, startAt: new Date(`${fromDay}T12:00Z`) },
  }));
  const { info } = await handle.describe();
  return info.nextActionTimes.slice(0, 2).map((at) => at.toISOString().slice(0, 19));
}

describe('a schedule at a set time, on the days on which the clocks change', () => {
  it.each([
    ['Europe/Berlin', '2027-03-27', ['2027-03-28T01:30:00', '2027-03-29T00:30:00']],
    ['Europe/Berlin', '2027-10-30', ['2027-10-31T00:30:01', '2027-11-01T01:30:00']],
    ['America/New_York', '2027-03-13', ['2027-03-14T07:30:00', '2027-03-15T06:30:00']],
  ])('starts once a day at 02:30 in %s from %s', async (zone, fromDay, starts) => {
    expect(await startsOf('30 2 * * *', zone, fromDay)).toEqual(starts);
  });

  it('starts once where the server would start twice', async () => {
    expect(await startsOf('30 1 * * *', 'America/New_York', '2027-11-06')).toEqual([
      ...['2027-11-07T05:30:01', '2027-11-08T06:30:00'],
    ]);
  });
});
