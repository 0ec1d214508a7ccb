import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqlActivities } from '../../../../activities/recovery/sql.ts';
import { agentTaskQueue } from '../../../../src/contracts/kernel/agent.ts';
import { AgentError } from '../../../../src/contracts/kernel/agent-host.ts';
import type { SqlHost } from '../../../../src/contracts/recovery/sql-host.ts';
import { states } from '../../../fixtures/playbook-steps.ts';
import { ScriptedPlaybooks } from '../../../fixtures/scripted-playbooks.ts';
import { longestStartMs } from '../../../fixtures/scripted-rollouts.ts';

let playbooks: ScriptedPlaybooks;
let stopAgents: () => Promise<unknown>;
const executed: unknown[] = [];

const host: SqlHost = {
  examineSql: async ({ statement }) => ({
    detail: 'PostgreSQL 15.18, shop as playbooks',
    problems: statement.includes('missing') ? ['the table is missing'] : [],
  }),
  querySql: async () => ({ rows: [{ count: 3 }, { count: 1 }], count: 2, isCut: false }),
  executeSql: async ({ statement, parameters, about, act, least, most }) => {
    executed.push({ statement, parameters, about, limits: [least, most], step: act.step });
    if (statement.includes('lost')) throw new AgentError('lost', 'db-1 cannot tell: look');
    if (statement.startsWith('DELETE')) throw new AgentError('refused', '400 rows were changed');
    return { rows: [], count: 1, isCut: false };
  },
};

beforeAll(async () => {
  playbooks = await ScriptedPlaybooks.start();
  const start = async (name: string, activities: object) => {
    const { nativeConnection: connection } = playbooks.env;
    return Worker.create({ connection, taskQueue: agentTaskQueue(name), activities });
  };
  const workers = [
    await start('db-1', { ...createSqlActivities('db-1', host) }),
    await start('of-old', { describeAgent: async () => ({}) }),
  ];
  const running = workers.map((worker) => worker.run());
  stopAgents = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  };
}, longestStartMs);

afterAll(async () => {
  await stopAgents();
  await playbooks.stop();
});

const at = { agent: 'db-1', cluster: 'main' };

describe('statements of a playbook', () => {
  it('hand their rows on, bound as parameters, and are undone by the statement that was written', async () => {
    const update = (statement: string, ...parameters: unknown[]) => ({
      ...{ action: 'sql.execute', with: { ...at, statement, parameters } },
    });
    const run = await playbooks.run({
      onFailure: 'undo',
      steps: [
        {
          ...{ id: 'open', probe: 'sql.query', with: { ...at, statement: 'SELECT 1' } },
          expect: 'result.value < 5 && result.count == 2',
        },
        {
          ...update('UPDATE a SET b = $1, c = $2', '${steps.open.value}', 'as ${steps.open.count}'),
          ...{ id: 'change', undo: update('UPDATE a SET b = $1', '${steps.open.rows[1].count}') },
        },
        { id: 'fails', ...update('DELETE FROM a') },
      ],
    });
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(states(report)).toEqual(['open: done', 'change: done', 'fails: failed']);
    expect(executed).toMatchObject([
      { parameters: [3, 'as 2'], about: 'change', limits: [0, 100] },
      { statement: 'DELETE FROM a', about: 'fails' },
      { parameters: [1], about: 'change' },
    ]);
    expect(report.reason).toContain('400 rows were changed');
    const [evidence] = report.steps?.[0]?.evidence ?? [];
    expect(evidence).toMatchObject({ value: '2 rows: {"count":3}, {"count":1}' });
  });

  it.each([{ retry: { attempts: 3, every: '1s' } }, { onFailure: 'continue' }])(
    'are never carried out again, or gone on from, where nobody knows: %j',
    async (how) => {
      executed.length = 0;
      const statement = 'UPDATE lost SET a = a + 1';
      const run = await playbooks.run({
        steps: [{ id: 'add', action: 'sql.execute', with: { ...at, statement }, ...how }],
      });
      const { now } = await run.until(({ phase }) => phase === 'held');
      expect(now).toContain('db-1 cannot tell: look. Nobody knows whether it was carried out');
      expect(executed).toHaveLength(1);
      await run.send('giveUp');
      await run.report();
    },
  );

  it('pass where the value is as the playbook expects it', async () => {
    const ask = (id: string, equals: unknown) => ({
      ...{ id, probe: 'sql.query', with: { ...at, statement: 'SELECT 1', equals } },
      onFailure: 'continue',
    });
    const run = await playbooks.run({ steps: [ask('same', 3), ask('other', 4)] });
    expect(states(await run.report())).toEqual(['same: done', 'other: failed']);
  });

  it('are parsed in a rehearsal, which carries nothing out', async () => {
    executed.length = 0;
    const statement = 'UPDATE missing SET a = 1';
    const run = await playbooks.run(
      { steps: [{ action: 'sql.execute', with: { ...at, statement } }] },
      'playbookRehearsal',
    );
    expect(await run.report()).toMatchObject({
      outcome: 'NotReady',
      details: { problems: [expect.stringContaining('the table is missing')] },
    });
    expect(executed).toEqual([]);
  });

  it('are refused by an agent of an earlier version, which says to upgrade it', async () => {
    const asked = { ...at, agent: 'of-old', statement: 'SELECT 1' };
    const run = await playbooks.run({
      steps: [
        { id: 'ask', probe: 'sql.query', with: asked },
        { id: 'act', action: 'sql.execute', with: asked, onFailure: 'undo' },
      ],
    });
    const { now } = await run.until(({ phase }) => phase === 'held');
    expect(now).toContain('agent of-old knows nothing of this: upgrade it');
    await run.send('skip', { by: 'ana', why: 'a test' });
    expect((await run.report()).reason).toContain('agent of-old knows nothing of this: upgrade it');
  });
});
