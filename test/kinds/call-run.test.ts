import { describe, expect, it } from 'vitest';
import { backupKinds } from '../../src/kinds/backups.ts';
import { callRun } from '../../src/kinds/call-run.ts';

describe('what people call a run', () => {
  it('says what is done, and what it is about', () => {
    expect(callRun(backupKinds.backupVerification, 'shop')).toBe('verification of backup shop');
    expect(callRun(backupKinds.restoreDrill, 'shop')).toBe('restore drill of backup shop');
    expect(callRun(backupKinds.backup, 'shop')).toBe('backup of shop');
  });

  it('is the kind where it has no other name', () => {
    expect(callRun({ kind: 'canary', subjectName: 'service' }, 'shop')).toBe('canary');
  });
});
