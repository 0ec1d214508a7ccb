import type { Finding, Unfinished } from './finding.ts';
import { isMapping } from './finding.ts';
import { refusal } from './given.ts';
import type { Release, WrittenRelease } from './release.ts';
import { acceptedVersion, judgeLocalRelease } from './release.ts';

/** What does not fit between a release, its replicas and the platform it is to run on. */
export function judgeReleaseOnTarget({ target, release, replicas }: Unfinished): Finding[] {
  if (!isMapping(release)) return [];
  const findings = isOnKubernetes(target)
    ? [...judgeKubernetesRelease(release), ...judgeReplicas(replicas)]
    : [
        ...judgeVersion(release),
        ...judgeLocalRelease(release),
        ...refuseKeys(release, onlyOnKubernetes),
      ];
  return findings.map(({ path, message }) => ({
    path: path[0] === 'replicas' ? path : ['release', ...path],
    message,
  }));
}

export function isOnKubernetes(target: unknown): boolean {
  return isMapping(target) && target['platform'] === 'kubernetes';
}

/** The release as it goes by its version from here on. */
export function nameRelease(release: WrittenRelease): Release {
  return { ...release, version: release.version ?? versionOfImages(release) ?? '' };
}

function judgeKubernetesRelease(release: Unfinished): Finding[] {
  const { image, images, env, patch } = release;
  const findings = refuseKeys(release, onlyLocal);
  if (image === undefined && images === undefined && patch === undefined && env === undefined) {
    findings.push({
      path: ['image'],
      message: 'missing; write the image to bring out, such as shop:v2',
    });
  }
  if (image !== undefined && images !== undefined) {
    findings.push({ path: ['images'], message: 'given together with image; keep one of them' });
  }
  if (env !== undefined && images !== undefined) {
    findings.push({
      path: ['env'],
      message:
        'several containers have images of their own, so it is not clear whose env this is; write a patch',
    });
  }
  if (release['version'] === undefined && versionOfImages(release) === undefined) {
    findings.push(...judgeVersion(release));
  }
  return findings;
}

function judgeReplicas(replicas: unknown): Finding[] {
  if (replicas === undefined) return [];
  const message = 'the Deployment and its autoscaler say how many replicas there are; leave it out';
  return [{ path: ['replicas'], message }];
}

function judgeVersion({ version }: Unfinished): Finding[] {
  if (version !== undefined) return [];
  return [{ path: ['version'], message: refusal(acceptedVersion)({ input: undefined }) }];
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

/** The tag of the image, or the beginning of its digest: of several, the first with either. */
function versionOfImages({ image, images }: Unfinished): string | undefined {
  const all = [image, ...(isMapping(images) ? Object.values(images) : [])];
  const named = all.flatMap((name) => (typeof name === 'string' ? (tagOf(name) ?? []) : []));
  return named[0];
}

function tagOf(image: string): string | undefined {
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 12);
}
