import * as z from 'zod';
import type { Component, Source } from '../../contracts/backups/source.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { choice, duration, flag, idPart, listOf, mapping, text } from '../kernel/written.ts';
import { agentName } from '../kernel/agent-name.ts';
import { namespace } from './names.ts';

const sourceKinds = [
  ...(['postgres', 'files', 'models', 'configuration', 'kubernetes', 'volumes'] as const),
];

const path = text(
  'write an absolute path without "..", such as /srv/uploads',
  /^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]*$/,
);

const fileSource = mapping(
  {
    paths: listOf(path, 'write at least one path')
      .refine((all) => new Set(all).size === all.length, { error: 'has a path twice' })
      .describe('Folders and files, as the settings of the agent allow.'),
    exclude: z
      .array(text('write a pattern'), { error: refusal('write a list of patterns') })
      .prefault([])
      .describe('Patterns of what is left out, as restic reads them.'),
  },
  { path: 'write paths: a list', folders: 'write paths', files: 'write paths' },
);

const ofNamespaces = {
  context: text('write the name of a context of the agent')
    .exactOptional()
    .describe("Of the agent's kubeconfig. Default: the one it uses by itself."),
  namespaces: listOf(namespace, 'write at least one namespace')
    .refine((all) => new Set(all).size === all.length, { error: 'has a namespace twice' })
    .describe('Of which namespaces.'),
  labels: z
    .record(
      text('write the name of a label'),
      text('write text, in quotes where it is a number', /^.*$/),
      {
        error: refusal('write a mapping of labels to values'),
      },
    )
    .prefault({})
    .describe('Only objects with all of these labels.'),
};

const kubernetesSource = mapping({
  ...ofNamespaces,
  secrets: flag()
    .prefault(false)
    .describe('Also Secrets; only stored in a repository that is encrypted. Default: false.'),
});

const claim = text(
  'write the namespace and the name of a claim, such as shop/cache',
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
);

const volumeSource = mapping(
  {
    ...ofNamespaces,
    method: choice(['fileSystem', 'snapshot'])
      .prefault('fileSystem')
      .describe(
        'fileSystem: through the pods that mount them, by the node agent. snapshot: of CSI, moved to the location. Default: fileSystem.',
      ),
    optional: z
      .array(claim, { error: refusal('write a list of claims') })
      .prefault([])
      .describe('Claims without which a set is complete, each as NAMESPACE/NAME.'),
    secrets: flag()
      .prefault(false)
      .describe('Also Secrets, which Velero stores as they are. Default: false.'),
    ttl: duration(3_600_000)
      .exactOptional()
      .describe('After this, Velero removes a set by itself. Default: never; see retention.'),
    within: duration(60_000, 7 * 86_400_000)
      .prefault('4h')
      .describe('A backup or a restore that takes longer has failed. Default: 4h.'),
  },
  {
    storageLocation: 'write repositories: the names of storage locations',
    snapshotMoveData: 'write method: snapshot',
    defaultVolumesToFsBackup: 'write method: fileSystem',
    hooks: 'write hooks of the plan; Velero reads those of pods from their annotations by itself',
    exclude: 'write optional: a list of claims',
    timeout: 'write within',
  },
);

const repositories = listOf(
  idPart('repository'),
  'write at least one repository, as the settings of the agent name it',
).superRefine((names, context) => {
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const message = `"${name}" is in the list already; each repository once`;
    context.addIssue({ code: 'custom', path: [index], message });
  });
});

export const componentSchema = mapping(
  {
    agent: agentName.exactOptional().describe('On whose host it is. Default: that of the plan.'),
    postgres: mapping({
      cluster: idPart('cluster').describe('As the settings of the agent name it.'),
    })
      .exactOptional()
      .describe('A PostgreSQL cluster, by pgBackRest.'),
    files: fileSource.exactOptional().describe('Files, by restic.'),
    models: fileSource.exactOptional().describe('Files of models, by restic.'),
    configuration: fileSource.exactOptional().describe('Files of settings, by restic.'),
    kubernetes: kubernetesSource.exactOptional().describe('Objects of a Kubernetes cluster.'),
    volumes: volumeSource
      .exactOptional()
      .describe('Volumes of a Kubernetes cluster, by the Velero of that cluster.'),
    repositories: repositories.describe(
      'Where it is stored, in each of them. Restores prefer the first.',
    ),
  },
  {
    repository: 'write repositories: a list',
    paths: 'belongs under files, models or configuration',
    database: 'write postgres: { cluster: NAME }',
    velero: 'write volumes: { namespaces: [...] }',
  },
).check(judgedBy(judgeSource));

function judgeSource(given: Unfinished): Finding[] {
  const kinds = sourceKinds.filter((kind) => given[kind] !== undefined);
  if (kinds.length === 1) return [];
  const one = `write one of ${sourceKinds.join(', ')}`;
  const message =
    kinds.length === 0 ? `names no source; ${one}` : `has ${kinds.join(' and ')}; ${one}`;
  return [{ path: [], message }];
}

export function nameComponent(
  name: string,
  written: z.output<typeof componentSchema>,
  planAgent: string | undefined,
): Component {
  const { repositories, agent = planAgent } = written;
  if (agent === undefined) throw new Error(`${name} was checked, and has no agent`);
  return { name, agent, source: sourceOf(written), repositories };
}

function sourceOf(written: z.output<typeof componentSchema>): Source {
  const { postgres, kubernetes, volumes } = written;
  if (postgres !== undefined) return { kind: 'postgres', ...postgres };
  if (kubernetes !== undefined) return { kind: 'kubernetes', ...kubernetes };
  if (volumes !== undefined) {
    const { ttl, within, ...rest } = volumes;
    const kept = ttl === undefined ? {} : { ttlMs: ttl };
    return { kind: 'volumes', ...rest, ...kept, withinMs: within };
  }
  for (const kind of ['files', 'models', 'configuration'] as const) {
    const found = written[kind];
    if (found !== undefined) return { kind, ...found };
  }
  throw new Error('the component was checked, and has no source');
}
