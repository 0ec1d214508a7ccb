import { describe, expect, it } from 'vitest';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const leastPlan = {
  kind: 'backup',
  ...{ environment: 'prod', backup: 'shop', agent: 'db-1' },
  components: {
    database: { postgres: { cluster: 'main' }, repositories: ['main', 'offsite'] },
    uploads: { files: { paths: ['/srv/uploads'] }, repositories: ['files'] },
  },
};

function problemsOf(kind: string, input: object): string[] {
  const resolution = resolveSpecOf(kind, JSON.parse(JSON.stringify(input)) as object);
  if (resolution === undefined) throw new Error(`There is no kind ${kind}`);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

const component = (more: object) => ({ components: { uploads: more } });
const uploads = leastPlan.components.uploads;

describe('a plan of a backup', () => {
  it('has defaults, and components that know their name and their agent', () => {
    const resolution = resolveSpecOf('backup', leastPlan);
    if (!resolution?.ok) throw new Error('refused');
    const spec = resolution.spec as BackupSpec;
    expect(spec).toMatchObject({ type: 'auto', fullEveryMs: 7 * 86_400_000, replicateTo: {} });
    expect(spec.components).toEqual([
      {
        ...{ name: 'database', agent: 'db-1', repositories: ['main', 'offsite'] },
        source: { kind: 'postgres', cluster: 'main' },
      },
      {
        ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
        source: { kind: 'files', paths: ['/srv/uploads'], exclude: [] },
      },
    ]);
    expect(spec.verify).toBeUndefined();
    expect(spec.retention).toBeUndefined();
  });

  it('gives its agent to its hooks', () => {
    const hooks = { freeze: { command: 'hold', for: '1m' } };
    const resolution = resolveSpecOf('backup', { ...leastPlan, hooks });
    expect(resolution).toMatchObject({
      spec: { hooks: { freeze: { agent: 'db-1', command: 'hold', forMs: 60_000, args: {} } } },
    });
  });

  it.each<[string, object, string[]]>([
    [
      'without a component',
      { components: {} },
      ['components: has no component, so there is nothing to back up'],
    ],
    [
      'without an agent',
      { agent: undefined },
      [
        'components.database.agent: missing; write the agent here, or one for all components under agent',
        'components.uploads.agent: missing; write the agent here, or one for all components under agent',
      ],
    ],
    [
      'with a component of two sources',
      component({ ...uploads, postgres: { cluster: 'main' } }),
      [
        'components.uploads: has postgres and files; write one of postgres, files, models, configuration, kubernetes, volumes',
      ],
    ],
    [
      'with a repository twice',
      component({ ...uploads, repositories: ['files', 'files'] }),
      ['components.uploads.repositories[1]: "files" is in the list already; each repository once'],
    ],
    [
      'with a path that leads elsewhere',
      component({ ...uploads, files: { paths: ['/srv/../etc'] } }),
      [
        'components.uploads.files.paths[0]: "/srv/../etc" is not accepted; write an absolute path without "..", such as /srv/uploads',
      ],
    ],
    [
      'with replication of a component that there is not',
      { replicateTo: { upload: 'cold' } },
      [
        'replicateTo.upload: the plan has no component "upload"; did you mean "uploads"? (one of: database, uploads)',
      ],
    ],
    [
      'with replication to where it is already',
      { replicateTo: { uploads: 'files' } },
      [
        'replicateTo.uploads: "files" is a repository of uploads already: a backup stores it there by itself',
      ],
    ],
    [
      'with a run of a component that there is not',
      { component: 'db' },
      ['component: the plan has no component "db"; one of: database, uploads'],
    ],
    [
      "with a run in a repository that is not the component's",
      { component: 'uploads', repository: 'main' },
      ['repository: uploads is not stored in "main"; one of: files'],
    ],
    [
      'with retention that keeps nothing',
      { retention: { count: 0 } },
      [
        'retention.count: 0 would keep nothing; write at least one of age, count, daily, weekly, monthly, yearly that keeps a set',
      ],
    ],
    [
      'with a schedule that never fires',
      { schedules: { backup: { cron: '0 0 30 2 *' } } },
      [expect.stringMatching(/^schedules\.backup\.cron: /) as string],
    ],
    [
      'with a drill of a component that there is not',
      { drill: { component: 'data' } },
      ['drill.component: the plan has no component "data"; one of: database, uploads'],
    ],
    [
      'with all of it wrong at once',
      {
        ...{ environment: 'Prod', type: 'ful', fullEvery: '7' },
        verify: { extent: '200%' },
        hooks: { freeze: { command: 'hold' } },
      },
      [
        expect.stringMatching(/^environment: /) as string,
        'type: "ful" is not accepted; did you mean "full"? (one of: auto, full, differential, incremental)',
        'fullEvery: "7" has no unit; write a number and ms, s, m, h or d, such as 30s or 10m',
        'verify.extent: "200%" is not accepted; write all, or a percentage from 0.1% to 100%, such as 10%',
        expect.stringMatching(/^hooks\.freeze\.for: missing/) as string,
      ],
    ],
  ])('is refused %s', (_, changes, problems) => {
    expect(problemsOf('backup', { ...leastPlan, ...changes })).toEqual(problems);
  });
});

describe('the target of a restore', () => {
  const restoreTo = (to: string) => ({ kind: 'restore', plan: leastPlan, to });

  it.each(['2026-12-24T17:00', '2026-12-24 17:00:00'])(
    'is refused without an offset, since the database may be in another zone: %s',
    (to) => {
      expect(problemsOf('restore', restoreTo(to))).toEqual([
        expect.stringMatching(/^to: .*offset/) as string,
      ]);
    },
  );

  it('is a moment, in whatever zone it is written', () => {
    for (const to of ['2026-12-24T17:00+09:00', '2026-12-24T08:00Z']) {
      expect(resolveSpecOf('restore', restoreTo(to))).toMatchObject({
        spec: { to: { kind: 'time', atMs: Date.parse('2026-12-24T08:00Z') } },
      });
    }
  });
});

describe('a schedule of a plan', () => {
  it('is refused in a zone that the image does not know', () => {
    const schedules = { backup: { cron: '0 2 * * *', zone: 'Asia/Soul' } };
    expect(problemsOf('backup', { ...leastPlan, schedules })).toEqual([
      'schedules.backup.zone: "Asia/Soul" is no IANA time zone; did you mean "Asia/Seoul"?',
    ]);
  });
});
