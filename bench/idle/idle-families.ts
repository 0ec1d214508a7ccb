import { backupKinds } from '../../src/kinds/backups.ts';
import { chaosKinds } from '../../src/kinds/chaos.ts';
import { databaseKinds } from '../../src/kinds/databases.ts';
import type { AnyKind } from '../../src/kinds/kind.ts';
import { recoveryKinds } from '../../src/kinds/recovery.ts';
import { rolloutKinds } from '../../src/kinds/rollouts.ts';

/** A run of a family that waits for something. */
export interface IdleFamily {
  kind: Pick<AnyKind, 'family' | 'workflowType' | 'lock'>;
  /** What it waits for. */
  what: string;
  /** The activities that it waits for; none: it waits for a time or a person. */
  waitsIn: readonly string[];
  specOf: (name: string) => object;
}

/** The name of the agent of every host. */
export const idleAgentName = 'bench-idle';
const agent = idleAgentName;
export const environment = 'bench';

export const idleFamilies: readonly IdleFamily[] = [
  {
    kind: rolloutKinds.canary,
    what: 'a canary in a hold',
    waitsIn: ['watchHold'],
    specOf: (service) => ({
      ...{ service, environment, target: { platform: 'local' } },
      release: { version: 'v2', command: ['serve'] },
      stages: [{ weight: 20, hold: '1h' }],
    }),
  },
  {
    kind: backupKinds.backup,
    what: 'a backup whose set is being made',
    waitsIn: ['makeSet'],
    specOf: (backup) => ({
      ...{ kind: 'backup', environment, backup, agent },
      components: { files: { files: { paths: ['/srv'] }, repositories: ['main'] } },
      retention: { count: 3 },
    }),
  },
  {
    kind: databaseKinds.databaseWatch,
    what: 'a watch of a primary and a standby',
    waitsIn: ['watchNode', 'watchNode', 'watchServer'],
    specOf: (database) => ({
      ...{ kind: 'databaseWatch', environment, database },
      nodes: {
        first: { agent, cluster: 'first', address: '10.0.0.1:5432' },
        second: { agent, cluster: 'second', address: '10.0.0.2:5432' },
      },
    }),
  },
  {
    kind: recoveryKinds.incident,
    what: 'an open incident',
    waitsIn: [],
    specOf: (incident) => ({
      ...{ kind: 'incident', environment, incident },
      ...{ severity: 'sev2', summary: 'checkout returns 500' },
    }),
  },
  {
    kind: chaosKinds.chaosExperiment,
    what: 'an experiment that measures its steady state',
    waitsIn: ['watchProbes'],
    specOf: (experiment) => ({
      ...{ kind: 'chaosExperiment', environment, experiment, services: [experiment] },
      ...{ target: { agents: [agent], process: 'web' }, fault: { type: 'freeze' } },
      mostOfTarget: '100%',
      ...{ duration: '30s', hypothesis: { answers: { errorsOf: { agent, probe: 'web' } } } },
      ...{ stopConditions: 'none', steadyState: '10m' },
    }),
  },
];
