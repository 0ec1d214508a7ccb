import { ScriptedMonitor } from '../fixtures/scripted-monitor.ts';
import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import type { Violation } from '../../src/contracts/objectives/violation.ts';
import { onStage } from './scenario.ts';

interface Given {
  monitor: ScriptedMonitor;
  name: string;
}

const breach: Violation = {
  ...{ objective: 'checkout', service: 'shop', kind: 'breach', openedAtMs: 1_000 },
  reason: '99.2%, and it has to be at least 99.9% over 30d',
};
const counts = { met: 0, breached: 1, insufficient: 0 };

const plays: Record<string, (given: Given) => Promise<ScriptedRun>> = {
  'monitor-that-tells-of-a-breach': async ({ monitor, name }) => {
    monitor.news.push(
      { violations: [breach], counts },
      { violations: [{ ...breach, told: 'opened', closedAtMs: 61_000 }], counts },
    );
    const run = await monitor.start(name);
    await run.until(({ now }) => now.startsWith('Objectives:') && monitor.orders.length === 3);
    await run.send('abort', { by: 'ana', why: 'other targets' });
    return run;
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedMonitor.on>[0]) => ScriptedMonitor.on(env),
  play: async (
    monitor: ScriptedMonitor,
    play: (given: Given) => Promise<ScriptedRun>,
    name: string,
  ) => {
    const run = await play({ monitor, name });
    await run.report();
    return run.handle.workflowId;
  },
  close: (monitor: ScriptedMonitor) => monitor.stopWorkers(),
};

export const objectiveScenarios = onStage(stage, plays);
