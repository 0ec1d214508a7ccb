import { describe, expect, it } from 'vitest';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

function problemsOf(retention: unknown): string[] {
  const resolution = resolveSpecOf('backup', {
    ...{ kind: 'backup', environment: 'prod', backup: 'shop', agent: 'db-1' },
    components: {
      database: { postgres: { cluster: 'main' }, repositories: ['main', 'offsite'] },
      uploads: { files: { paths: ['/srv'] }, repositories: ['files'] },
    },
    replicateTo: { uploads: 'offsite-files' },
    retention,
  });
  if (resolution === undefined) throw new Error('there is no such kind');
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('the repositories that a retention names', () => {
  it('are those in which the plan stores sets, and copies of them', () => {
    const age = { age: '90d' };
    expect(problemsOf({ repositories: { offsite: age, 'offsite-files': age } })).toEqual([]);
    expect(problemsOf({ coldStorage: { repository: 'cold', from: 'files' } })).toEqual([]);
  });

  it('are refused where the plan stores nothing in them', () => {
    expect(
      problemsOf({
        repositories: { offsit: { age: '90d' } },
        coldStorage: { repository: 'cold', from: 'nowhere' },
      }),
    ).toEqual([
      'retention.repositories.offsit: the plan stores nothing in "offsit"; did you mean "offsite"? (one of: main, offsite, files, offsite-files)',
      'retention.coldStorage.from: the plan stores nothing in "nowhere"; one of: main, offsite, files, offsite-files',
    ]);
    expect(problemsOf({ coldStorage: { repository: 'files' } })).toEqual([
      'retention.coldStorage.repository: "files" is a repository of a component already; cold storage is another one',
    ]);
  });
});
