import { describe, expect, test } from 'vitest';
import { parseControlData } from '../../../../src/adapters/pgbackrest/source/control-data.ts';
import {
  localRepository,
  readOptions,
} from '../../../../src/adapters/pgbackrest/tool/config-file.ts';
import { describeToolFailure } from '../../../../src/adapters/pgbackrest/tool/tool-failure.ts';
import { recorded } from '../recorded.ts';

describe('the configuration of pgBackRest', () => {
  const text = [
    '[global]',
    'repo1-path=/srv/backups',
    'archive-push-queue-max=1GiB',
    '# repo1-type=s3',
    '[main]',
    'pg1-path=/data',
    '[global:archive-push]',
    'archive-push-queue-max = 4GiB',
    '[other]',
    'repo1-path=/other',
  ].join('\n');

  test('is read as a command of a stanza reads it: the nearer section wins', () => {
    const options = readOptions(text, { stanza: 'main', command: 'archive-push' });
    expect(Object.fromEntries(options)).toEqual({
      'repo1-path': '/srv/backups',
      'archive-push-queue-max': '4GiB',
      'pg1-path': '/data',
    });
    const backup = readOptions(text, { stanza: 'other', command: 'backup' });
    expect(backup.get('repo1-path')).toBe('/other');
    expect(backup.get('archive-push-queue-max')).toBe('1GiB');
  });

  test('tells a folder of this host from a bucket and from another host', () => {
    expect(localRepository(new Map([['repo1-path', '/a']]), 1)).toBe('/a');
    expect(localRepository(new Map(), 1)).toBe('/var/lib/pgbackrest');
    expect(localRepository(new Map([['repo1-type', 's3']]), 1)).toBeUndefined();
    expect(localRepository(new Map([['repo1-host', 'b']]), 1)).toBeUndefined();
  });
});

test('a failure says what the exit code means, and what the tool said', () => {
  const stderr = [
    "ERROR: [050]: unable to acquire lock on file '/lock/demo-backup.lock': Resource temporarily unavailable",
    '       HINT: is another pgBackRest process running?',
  ].join('\n');
  expect(describeToolFailure({ exitCode: 50, stdout: '', stderr })).toBe(
    "exit code 50 (another pgBackRest works on this stanza: try again when it is done): unable to acquire lock on file '/lock/demo-backup.lock': Resource temporarily unavailable",
  );
});

test('a full disk is said', () => {
  const stderr =
    "ERROR: [081]: raised from local-1 protocol: unable to write '/backup/demo/x': [28] No space left on device";
  expect(describeToolFailure({ exitCode: 81, stdout: '', stderr })).toContain(
    'No space left on device',
  );
});

test('a tool that failed without a message is not taken for one that did not', () => {
  expect(describeToolFailure({ exitCode: 1, stdout: '', stderr: '' })).toBe(
    'exit code 1: it said nothing',
  );
});

test('pg_controldata says what a server needs to replay the log', () => {
  expect(parseControlData(recorded('control-data'))).toEqual({
    systemId: '7713496580846008763',
    state: 'in archive recovery',
    timeline: 1,
    segmentBytes: 16_777_216,
    minRecoveryLsn: '0/E000100',
    pageChecksums: true,
    limits: {
      max_connections: 100,
      max_worker_processes: 8,
      max_wal_senders: 4,
      max_prepared_transactions: 0,
      max_locks_per_transaction: 64,
    },
  });
});
