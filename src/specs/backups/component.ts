import * as z from 'zod';
import type { Component, Source } from '../../contracts/backups/source.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { flag, idPart, listOf, mapping, text } from '../kernel/written.ts';
import { agentName } from '../kernel/agent-name.ts';
import { namespace } from './names.ts';

const sourceKinds = ['postgres', 'files', 'models', 'configuration', 'kubernetes'] as const;

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

const kubernetesSource = mapping({
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
  secrets: flag()
    .prefault(false)
    .describe('Also Secrets; only stored in a repository that is encrypted. Default: false.'),
});

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
    repositories: repositories.describe(
      'Where it is stored, in each of them. Restores prefer the first.',
    ),
  },
  {
    repository: 'write repositories: a list',
    paths: 'belongs under files, models or configuration',
    database: 'write postgres: { cluster: NAME }',
    volumes: 'volumes are not backed up yet',
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
  const { postgres, kubernetes } = written;
  if (postgres !== undefined) return { kind: 'postgres', ...postgres };
  if (kubernetes !== undefined) return { kind: 'kubernetes', ...kubernetes };
  for (const kind of ['files', 'models', 'configuration'] as const) {
    const found = written[kind];
    if (found !== undefined) return { kind, ...found };
  }
  throw new Error('the component was checked, and has no source');
}
