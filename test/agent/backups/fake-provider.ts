import { spawnSync } from 'node:child_process';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { BackupProvider, Tools } from '../../../src/contracts/backups/provider.ts';
import { copyName } from '../../../src/contracts/backups/store.ts';

/** What was done, in order, and what the provider was given. */
export class FakeProvider {
  readonly done: string[] = [];
  folder: string | undefined;
  bytes = 1_000;
  /** Holds a restore until it resolves. */
  held: Promise<void> = Promise.resolve();

  readonly tools: Tools = {
    act: () => Promise.reject(new Error('nothing is run here')),
    read: async ({ argv: [program = '', ...args] }) => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      return { exitCode: status ?? -1, stdout, stderr };
    },
    stop: async ({ runRef, step }) => void this.done.push(`stop ${runRef}/${step}`),
  };

  get set(): BackupSet {
    return {
      ...{ repository: 'files', label: 'aaaa', type: 'full', needs: [] },
      ...{ startedAtMs: 1, stoppedAtMs: 2, bytes: this.bytes },
    };
  }

  readonly provider: BackupProvider = {
    examineSource: async () => {
      this.done.push('examine');
      return { refusals: [], remarks: [], tool: 'fake 1' };
    },
    readRepository: async ({ repository }) => {
      this.done.push('read');
      return { repository, readAtMs: 3, sets: [this.set], foreign: [], problems: [] };
    },
    writeMark: async ({ nonce }) => ({
      ...{ nonce, committedAtMs: 4 },
      at: { timeline: 1, segment: '0', lsn: '0/0' },
    }),
    makeSet: async () => {
      this.done.push('make');
      return this.set;
    },
    checkSet: async ({ label, extent }) => ({
      ...{ label, extent, damage: [], startedAtMs: 5, endedAtMs: 6 },
    }),
    expireSets: async ({ labels }) => ({ gone: labels }),
    copySet: async () => ({ set: this.set, equal: 'the same' }),
    restoreSet: async ({ act, folder }) => {
      this.done.push('restore');
      this.folder = folder;
      await this.held;
      return {
        ...{ copy: copyName(act), folder: folder ?? '/', bytes: this.bytes },
        ...{ startedAtMs: 7, endedAtMs: 8 },
      };
    },
    runCopy: async () => void this.done.push('run'),
    inspectCopy: async () => {
      this.done.push('inspect');
      return { state: 'stopped', detail: 'a fake does not run' };
    },
    assertCopy: async ({ endServer }) => {
      await endServer();
      return [];
    },
    removeCopy: async () => {
      this.done.push('remove');
      return { removed: true };
    },
  };
}
