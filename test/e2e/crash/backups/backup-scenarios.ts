import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupKind } from '../../../../src/kinds/workflow-types.ts';
import type { BackupSite } from './backup-site.ts';
import type { Victim } from './backup-trial.ts';

/** One run of the family, the people around it, and what the plan is about. */
export interface BackupScenario {
  kind: BackupKind;
  components: readonly ('database' | 'uploads')[];
  /** Of the plan, beyond its components. */
  plan?: object;
  /** Of the run, beyond its plan. */
  spec?: object;
  /** Of the backups that come before it, and of the one that is due next. */
  nextPlan?: object;
  /** The whole of its spec, where that is not a plan and a few words. */
  order?(site: BackupSite): object;
  /** What is done to the source before it; `backUp` makes a set of what there is by then. */
  prepare?(site: BackupSite, backUp: () => Promise<unknown>): Promise<void>;
  needsApproval?: true;
  /** Absent: all but the Temporal server. */
  victims?: readonly Victim[];
  /** The source after it, and what must not be there whatever was killed. */
  read?(site: BackupSite): Promise<{ data: object; wrong: string[] }>;
}

/** What the set says of it again in the next backup. */
export const soundContent = 'of a lamp';
export const pictureIn = (uploads: string) => join(uploads, 'picture');

export const backupScenarios: readonly BackupScenario[] = [
  {
    kind: 'backup',
    components: ['database', 'uploads'],
    plan: { verify: { extent: 'all' }, hooks: { freeze: { command: 'freeze', for: '5m' } } },
  },
  { kind: 'backupVerification', components: ['database', 'uploads'] },
  {
    kind: 'backupRetention',
    components: ['database', 'uploads'],
    plan: { retention: { count: 1 } },
    // A full set is what the next one lets go.
    nextPlan: { type: 'full' },
  },
  {
    kind: 'backupReplication',
    components: ['uploads'],
    plan: { replicateTo: { uploads: 'copies' } },
  },
  {
    kind: 'restoreDrill',
    components: ['database'],
    plan: { drill: { secondRepositoryEvery: 0 } },
    spec: { to: 'latest' },
  },
  {
    kind: 'restore',
    components: ['uploads'],
    spec: { inPlace: true },
    prepare: ({ uploads }) => writeFile(pictureIn(uploads), 'spoilt'),
    needsApproval: true,
  },
];
