import { describe, expect, it } from 'vitest';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const plan = (volumes: object, more: object = {}) => ({
  ...{ kind: 'backup', environment: 'prod', backup: 'shop', agent: 'cluster-1' },
  components: {
    data: { volumes: { namespaces: ['shop'], ...volumes }, repositories: ['default'] },
    objects: { kubernetes: { namespaces: ['shop'] }, repositories: ['files'] },
  },
  ...more,
});

function problemsOf(kind: string, input: object): string[] {
  const resolution = resolveSpecOf(kind, input);
  if (resolution === undefined) throw new Error(`There is no kind ${kind}`);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('volumes in a plan', () => {
  it('are refused with every problem', () => {
    const volumes = { namespaces: ['Shop'], method: 'restic', optional: ['cache'], within: '1s' };
    expect(problemsOf('backup', plan({ ...volumes, snapshotMoveData: true }))).toEqual([
      expect.stringMatching(/^components\.data\.volumes\.namespaces\[0\]: /),
      expect.stringMatching(/^components\.data\.volumes\.method: "restic" is not accepted/),
      expect.stringMatching(/^components\.data\.volumes\.optional\[0\]: .*shop\/cache/),
      expect.stringMatching(/^components\.data\.volumes\.within: /),
      'components.data.volumes.snapshotMoveData: write method: snapshot',
    ]);
  });

  it('are not removed by Velero while the plan promises them (Velero #3457)', () => {
    expect(problemsOf('backup', plan({ ttl: '30d' }, { retention: { monthly: 6 } }))).toEqual([
      'components.data.volumes.ttl: Velero would remove sets that retention keeps for 186d; leave ttl out, and retention expires them',
    ]);
    expect(problemsOf('backup', plan({ ttl: '30d' }, { retention: { age: '14d' } }))).toEqual([]);
  });

  it('are not copied, as each location has sets of its own', () => {
    expect(problemsOf('backup', plan({}, { replicateTo: { data: 'offsite' } }))).toEqual([
      'replicateTo.data: Velero copies no sets: write "offsite" under repositories of data, and each gets a set of its own',
    ]);
  });

  it('are restored into other namespaces, and not in place', () => {
    const restore = { kind: 'restore', plan: plan({}), component: 'data' };
    expect(problemsOf('restore', { ...restore, intoNamespaces: { shop: 'shop-2' } })).toEqual([]);
    expect(problemsOf('restore', { ...restore, inPlace: true })).toEqual([
      'inPlace: Velero changes no volume that is there, so data is restored into other namespaces: write intoNamespaces',
    ]);
  });
});

describe('the Velero of an agent', () => {
  const settings = (backups: string) =>
    resolveHostSettings(`name: one\nstateFolder: /var/lib/belay-agent\nbackups:\n${backups}`);

  it('is in the namespace velero, of the cluster that is named beside it', () => {
    expect(
      settings('  kubernetes: { namespaces: [shop] }\n  velero: { locations: [default] }\n'),
    ).toMatchObject({
      settings: { backups: { velero: { namespace: 'velero', locations: ['default'] } } },
    });
  });

  it('is refused without a cluster', () => {
    expect(settings('  velero: { locations: [default] }\n')).toMatchObject({
      ok: false,
      problems: [
        { path: 'backups.velero', message: 'is of a cluster, which is missing; write kubernetes' },
      ],
    });
  });
});
