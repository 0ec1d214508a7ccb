import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { statusQuery } from '../../../../src/contracts/kernel/messages.ts';
import type { IncidentStatus } from '../../../../src/contracts/recovery/incident.ts';
import type { RecoveryKind, RecoverySite } from './recovery-site.ts';

/** One run of the family, and the people around it. */
export interface RecoveryScenario {
  name: string;
  kind: RecoveryKind;
  spec(site: RecoverySite): object;
  /** Until its end. */
  people(run: WorkflowHandle, hasEnded: () => boolean): Promise<void>;
  /** How often the one request of it arrives, by its different IDs. */
  requests: number;
}

export const recoveryScenarios: readonly RecoveryScenario[] = [
  {
    ...{ name: 'playbook', kind: 'playbook', requests: 1, people: answerPlaybook },
    spec: (site) => playbookOf(site, { onFailure: 'hold', last: [] }),
  },
  {
    ...{ name: 'undonePlaybook', kind: 'playbook', requests: 2, people: answerPlaybook },
    spec: (site) =>
      playbookOf(site, {
        onFailure: 'undo',
        last: [
          {
            ...{ id: 'held', action: 'agent.lease' },
            with: { agent: site.name, command: 'freeze', for: '10m' },
          },
          { id: 'right', probe: 'http.get', with: { url: `${site.outside.url}/missing` } },
        ],
      }),
  },
  { name: 'incident', kind: 'incident', requests: 0, spec: incidentOf, people: seeToIncident },
];

/** Every sort of step that changes something, each with an undo. */
function playbookOf(
  { name: environment, outside: { url } }: RecoverySite,
  { onFailure, last }: { onFailure: string; last: object[] },
): object {
  const agent = environment;
  const count = (by: string) => ({
    action: 'sql.execute',
    with: {
      ...{ agent, cluster: 'main', parameters: [1], least: 1, most: 1 },
      statement: `UPDATE counters SET n = n ${by} WHERE id = $1`,
    },
  });
  const lead = (to: string) => ({
    action: 'http.request',
    with: { url: `${url}/route`, body: { to } },
  });
  const run = (command: string) => ({ action: 'agent.command', with: { agent, command } });
  return {
    ...{ kind: 'playbook', environment, playbook: 'shop', onFailure },
    touches: [{ service: 'shop' }],
    steps: [
      { id: 'up', probe: 'http.get', with: { url: `${url}/health` }, onFailure: 'continue' },
      { id: 'noted', when: '!steps.up.passed', ...run('note'), undo: run('forget') },
      { id: 'counted', ...count('+ 1'), undo: count('- 1') },
      { id: 'led', ...lead('recovery'), undo: lead('api') },
      { id: 'asked', approval: { message: 'Go on?' } },
      {
        id: 'seen',
        parallel: [
          { id: 'noticed', probe: 'agent.probe', with: { agent, probe: 'noted' } },
          {
            ...{ id: 'read', probe: 'sql.query' },
            with: { agent, cluster: 'main', statement: 'SELECT n FROM counters', equals: 1 },
          },
        ],
      },
      { id: 'told', notify: { text: 'The shop counts ${steps.counted.count}' } },
      ...last,
    ],
  };
}

/** Approves, and lets it try again where nobody knew what became of an act. */
async function answerPlaybook(run: WorkflowHandle, hasEnded: () => boolean): Promise<void> {
  while (!hasEnded()) {
    const status = await statusOf(run);
    const verb = status && answers[status.phase];
    if (verb !== undefined) await run.signal(verb, { by: 'ana' }).catch(() => undefined);
    await sleep(100);
  }
}

const answers: Readonly<Record<string, string>> = {
  'awaiting-approval': 'approve',
  held: 'retry',
  'undo-failed': 'retry',
};

/** It freezes, and calls a second person after a second. */
function incidentOf({ name: environment }: RecoverySite): object {
  return {
    ...{ kind: 'incident', environment, incident: 'shop', summary: 'checkout fails' },
    ...{ severity: 'sev2', freeze: 'services' },
    escalation: [{ after: 0 }, { after: '1s', who: ['bo'] }],
  };
}

/** Each says the next thing once the one before is taken in. */
async function seeToIncident(run: WorkflowHandle, hasEnded: () => boolean): Promise<void> {
  const said: [string, object, (status: IncidentStatus) => boolean][] = [
    ['ack', {}, ({ incident }) => (incident?.escalations ?? 0) > 0],
    ['update', { with: { text: 'rolled back' } }, ({ phase }) => phase === 'acknowledged'],
    ['mitigate', {}, ({ incident }) => incident?.lastUpdate !== undefined],
    ['resolve', {}, ({ phase }) => phase === 'mitigated'],
    ['postmortem', {}, ({ phase }) => phase === 'resolved'],
  ];
  for (const [verb, input, isTime] of said) {
    for (;;) {
      if (hasEnded()) return;
      const status = await statusOf(run);
      if (status && isTime(status)) break;
      await sleep(100);
    }
    await run.signal(verb, { by: 'ana', ...input });
  }
}

function statusOf(run: WorkflowHandle): Promise<IncidentStatus | undefined> {
  return run.query<IncidentStatus>(statusQuery).catch(() => undefined);
}
