import { ScriptedIncidents, type ScriptedIncident } from '../fixtures/scripted-incidents.ts';
import { onStage } from './scenario.ts';

type Play = (declare: (more: object) => Promise<ScriptedIncident>) => Promise<ScriptedIncident>;

async function resolved(incident: ScriptedIncident): Promise<ScriptedIncident> {
  await incident.send('mitigate', { why: 'rolled back' });
  await incident.send('resolve', { why: 'fixed' });
  await incident.until(({ incident: known }) => known?.postmortem !== undefined);
  await incident.signal('postmortem', { with: { link: 'https://wiki.example/1' } });
  return incident;
}

const plays: Record<string, Play> = {
  'incident-that-is-resolved': async (declare) => {
    const escalation = [
      { after: '0s', to: ['first'], who: ['ana'] },
      { after: '2s', to: ['second'] },
    ];
    const incident = await declare({ severity: 'sev1', escalation });
    await incident.until(({ incident: known }) => (known?.timeline.length ?? 0) >= 2);
    await incident.send('ack', { by: 'ben' });
    await incident.send('assign', { with: { role: 'scribe', person: 'eve' } });
    await incident.send('update', { with: { text: 'still looking' } });
    return resolved(incident);
  },
  'incident-that-is-withdrawn-and-thaws': async (declare) => {
    const incident = await declare({ severity: 'sev2', freeze: 'services' });
    await incident.send('ack');
    await incident.signal('withdraw', { why: 'a test' });
    return incident;
  },
};

/** They continue as new. */
const longPlays: Record<string, Play> = {
  'long-incident': async (declare) => {
    const incident = await declare({ severity: 'sev2', freeze: 'services' });
    await incident.send('ack');
    for (let count = 1; count <= 8; count++) {
      await incident.send('note', { with: { about: 'happened', text: `note ${count}` } });
    }
    return resolved(incident);
  },
};

const stage = {
  open: (env: Parameters<typeof ScriptedIncidents.on>[0]) => ScriptedIncidents.on(env),
  play: async (incidents: ScriptedIncidents, play: Play, name: string) => {
    const incident = await play((more) => incidents.declare({ incident: name, ...more }, name));
    await incident.report();
    return incident.handle.workflowId;
  },
  left: ({ frozen }: ScriptedIncidents) => ({ freezes: frozen.length }),
  close: (incidents: ScriptedIncidents) => incidents.stopWorkers(),
};

export const incidentScenarios = onStage(stage, plays);
export const longIncidentScenarios = onStage(stage, longPlays);
