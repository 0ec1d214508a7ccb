import type { V1Container, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { applyRelease } from '../objects/template.ts';
import type { Workload } from './service-objects.ts';
import { surgeOf, unavailableOf } from './update-batch.ts';

/** Why the Deployment can never have the release within the deadline, however fast its pods start. */
export function deadlineRefusals(
  { deployment }: Pick<Workload, 'deployment'>,
  wanted: WantedRelease,
): string[] {
  const { readiness } = wanted;
  const { spec, metadata } = deployment;
  if (readiness === undefined || spec === undefined) return [];
  const { minReadySeconds = 0 } = spec;
  const stop = wanted.how === 'recreate' ? longest(spec.template, preStopSeconds) : 0;
  const start = longest(releasedTemplate(spec.template, wanted.release), secondsToReady);
  const rounds = isRolling(wanted, spec.strategy?.type) ? roundsOf(spec) : 1;
  const neededMs = (stop + rounds * (start + minReadySeconds)) * 1_000;
  if (neededMs < readiness.deadlineMs || neededMs === 0) return [];
  const parts = [
    ...(minReadySeconds > 0 ? [`minReadySeconds is ${minReadySeconds}`] : []),
    ...(start > 0 ? [`its probes let no pod be ready before ${start} s`] : []),
    ...(stop > 0 ? [`its preStop hooks sleep for ${stop} s`] : []),
    ...(rounds > 1 ? [`its strategy replaces the pods in ${rounds} rounds`] : []),
  ];
  return [
    `Deployment ${metadata?.name ?? ''} needs at least ${formatDuration(neededMs)} to have the release ` +
      `(${parts.join(', ')}), and readiness.deadline is ${formatDuration(readiness.deadlineMs)}; ` +
      'raise readiness.deadline above that, with time for the pods to start',
  ];
}

function isRolling({ way, how }: WantedRelease, strategy = 'RollingUpdate'): boolean {
  return way === 'in-place' && how !== 'recreate' && strategy === 'RollingUpdate';
}

/** At most this many pods are unavailable at a time, each for its minReadySeconds. */
function roundsOf(spec: Parameters<typeof surgeOf>[0]): number {
  const { replicas = 1 } = spec;
  return Math.max(1, Math.ceil(replicas / Math.max(1, surgeOf(spec) + unavailableOf(spec))));
}

function longest(
  { spec }: V1PodTemplateSpec,
  secondsOf: (container: V1Container) => number,
): number {
  return Math.max(0, ...(spec?.containers ?? []).map(secondsOf));
}

/** Both delays count from the start of the container; a probe has to succeed this many times in a row. */
function secondsToReady({ startupProbe, readinessProbe }: V1Container): number {
  const repeats = (readinessProbe?.successThreshold ?? 1) - 1;
  const delay = Math.max(
    startupProbe?.initialDelaySeconds ?? 0,
    readinessProbe?.initialDelaySeconds ?? 0,
  );
  return delay + repeats * (readinessProbe?.periodSeconds ?? 10);
}

function preStopSeconds({ lifecycle }: V1Container): number {
  return lifecycle?.preStop?.sleep?.seconds ?? 0;
}

/** A release that does not fit is refused elsewhere; a kept revision is assumed to start like stable. */
function releasedTemplate(template: V1PodTemplateSpec, release: Release): V1PodTemplateSpec {
  if (release.revision !== undefined) return template;
  try {
    return applyRelease(template, release);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return template;
    throw error;
  }
}
