import { SourceError, type ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import { podNamePattern } from './pod-names.ts';

type Fill = (subject: ReadSubject, track: Track) => string;

const fills: Record<string, Fill> = {
  service: ({ ref }) => ref.service,
  environment: ({ ref }) => ref.environment,
  namespace: (subject) => onKubernetes('namespace', subject).namespace,
  version: ({ version }) => version,
  track: (_, track) => track,
  pods: (subject, track) => podNamePattern(subject, onKubernetes('pods', subject), track),
};

const placeholder = /\{\{([^{}]*)\}\}/g;

/**
 * The text with {{service}}, {{environment}}, {{namespace}}, {{version}} (the judged one, for
 * either track), {{track}} and {{pods}} (a regular expression for the names of the track's pods)
 * in place, each as `escape` writes it. Throws SourceError for one that does not exist, or that
 * this target does not have.
 */
export function fillPlaceholders(
  text: string,
  subject: ReadSubject,
  track: Track,
  escape: (value: string) => string = (value) => value,
): string {
  return text.replace(placeholder, (written, inner: string) => {
    const fill = fillOf(inner.trim());
    if (fill) return escape(fill(subject, track));
    throw new SourceError(
      `there is no placeholder ${written}; write one of ${knownPlaceholders.join(', ')}`,
    );
  });
}

/** What stands between braces in it and is no placeholder. */
export function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(placeholder)].flatMap(([written, inner = '']) =>
    fillOf(inner.trim()) ? [] : written,
  );
}

export const knownPlaceholders = Object.keys(fills).map((name) => `{{${name}}}`);

function fillOf(name: string): Fill | undefined {
  return Object.hasOwn(fills, name) ? fills[name] : undefined;
}

function onKubernetes(name: string, { ref }: ReadSubject): KubernetesTarget {
  if (ref.target.platform === 'kubernetes') return ref.target;
  throw new SourceError(`{{${name}}} is known for platform: kubernetes alone`);
}
