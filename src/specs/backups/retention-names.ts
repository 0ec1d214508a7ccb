import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';

/** Whether the repositories that a retention names are some that the plan stores sets in. */
export function judgeRetentionNames({ retention, components, replicateTo }: Unfinished): Finding[] {
  if (!isMapping(retention) || !isMapping(components)) return [];
  const stored = Object.values(components).flatMap((component) =>
    isMapping(component) && Array.isArray(component['repositories'])
      ? (component['repositories'] as unknown[])
      : [],
  );
  const copied = isMapping(replicateTo) ? Object.values(replicateTo) : [];
  const known = [...new Set([...stored, ...copied].filter((name) => typeof name === 'string'))];
  if (known.length === 0) return [];
  const { repositories, coldStorage } = retention;
  const own = isMapping(repositories) ? Object.keys(repositories) : [];
  const { from, repository } = isMapping(coldStorage) ? coldStorage : {};
  return [
    ...own.flatMap((name) => refuse(name, known, ['repositories', name])),
    ...refuse(from, known, ['coldStorage', 'from']),
    ...(stored.includes(repository)
      ? [
          {
            path: ['retention', 'coldStorage', 'repository'],
            message: `"${String(repository)}" is a repository of a component already; cold storage is another one`,
          },
        ]
      : []),
  ];
}

function refuse(name: unknown, known: readonly string[], path: string[]): Finding[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  const message = `the plan stores nothing in "${name}"; ${offerKnown(name, known)}`;
  return [{ path: ['retention', ...path], message }];
}
