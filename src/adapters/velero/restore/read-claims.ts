import { claims, pods } from '../kinds.ts';
import type { ExpectedClaim } from '../names.ts';
import type { ClaimObject, PodObject } from '../objects.ts';
import type { Velero } from '../settings.ts';

type NamespaceMap = Readonly<Record<string, string>>;

/** The phase of each claim of a set, in the namespaces that it was restored into. */
export async function readClaims(
  { api }: Velero,
  map: NamespaceMap,
  expected: readonly ExpectedClaim[],
): Promise<Map<string, string | undefined>> {
  const phases = new Map<string, string>();
  for (const target of new Set(Object.values(map))) {
    for (const { metadata, status } of (await api.list(claims, target, {})) as ClaimObject[]) {
      phases.set(`${target}/${metadata.name}`, status?.phase ?? 'Pending');
    }
  }
  return new Map(
    expected.map(({ claim }) => {
      const [namespace = '', name = ''] = claim.split('/');
      const restored = `${map[namespace] ?? namespace}/${name}`;
      return [restored, phases.get(restored)];
    }),
  );
}

/** Pods that do not run: Velero restores through them. */
export async function readWaitingPods({ api }: Velero, map: NamespaceMap): Promise<string[]> {
  const found: string[] = [];
  for (const target of new Set(Object.values(map))) {
    for (const { metadata, status } of (await api.list(pods, target, {})) as PodObject[]) {
      const { phase = 'Pending', conditions = [] } = status ?? {};
      if (phase !== 'Pending') continue;
      const why = conditions.find(({ status: is, message }) => is === 'False' && message);
      found.push(
        `pod ${target}/${metadata.name} is ${phase}${why ? `: ${why.message ?? ''}` : ''}`,
      );
    }
  }
  return found;
}
