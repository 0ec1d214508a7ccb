import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';
import { judgeKubernetesRelease, versionsOfImages } from './kubernetes-release.ts';
import type { Release, WrittenRelease } from './release.ts';
import { acceptedVersion, judgeLocalRelease } from './release.ts';
import { refuseReplicas } from './replicas.ts';
import { platformOf } from './target.ts';

/** What does not fit between a release, its replicas and the platform it is to run on. */
export function judgeReleaseOnTarget(spec: Unfinished): Finding[] {
  const { target, release } = spec;
  switch (platformOf(target)) {
    case 'kubernetes':
      return [...inRelease(release, judgeOnKubernetes), ...refuseReplicas(spec)];
    case 'local':
      return inRelease(release, judgeOnLocal);
    case undefined:
      return [];
  }
}

/** The release as it goes by its version from here on. */
export function nameRelease(release: WrittenRelease): Release {
  const [named = ''] = versionsOfImages(release);
  return { ...release, version: release.version ?? named };
}

function inRelease(release: unknown, judge: (release: Unfinished) => Finding[]): Finding[] {
  if (!isMapping(release)) return [];
  return judge(release).map(({ path, message }) => ({ path: ['release', ...path], message }));
}

function judgeOnKubernetes(release: Unfinished): Finding[] {
  return [
    ...refuseKeys(release, onlyLocal),
    ...judgeKubernetesRelease(release),
    ...judgeNamedByImages(release),
  ];
}

function judgeOnLocal(release: Unfinished): Finding[] {
  const unnamed = release['version'] === undefined ? [missingVersion('')] : [];
  return [...unnamed, ...judgeLocalRelease(release), ...refuseKeys(release, onlyOnKubernetes)];
}

/** One version must name the whole release, or it could not be told from the next. */
function judgeNamedByImages(release: Unfinished): Finding[] {
  const versions = versionsOfImages(release);
  if (release['version'] !== undefined || versions.length === 1) return [];
  const { image, images } = release;
  if (versions.length > 1)
    return [missingVersion(`, and its images differ (${versions.join(', ')})`)];
  const hasImage = image !== undefined || images !== undefined;
  return [missingVersion(hasImage ? ', and no image has a tag or digest to go by' : '')];
}

function missingVersion(why: string): Finding {
  return { path: ['version'], message: `missing${why}; ${acceptedVersion}` };
}

const onlyOnKubernetes: Record<string, string> = {
  image: 'the local platform runs commands, not images; write command: [program, argument, …]',
  images: 'the local platform runs commands, not images; write command: [program, argument, …]',
  patch: 'the local platform has no pod templates; leave it out',
};

const onlyLocal: Record<string, string> = {
  command: 'on Kubernetes a release is an image; write image, or a patch that sets the command',
  inProcess: 'Kubernetes runs images; leave it out',
  workingDirectory: 'Kubernetes runs images; leave it out, or write a patch',
};

function refuseKeys(release: Unfinished, refused: Record<string, string>): Finding[] {
  return Object.entries(refused).flatMap(([key, message]) =>
    release[key] === undefined ? [] : [{ path: [key], message }],
  );
}
