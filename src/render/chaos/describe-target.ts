import { showValue } from '../../policies/chaos/measure.ts';
import { namedPart } from '../../specs/chaos/target-part.ts';
import type { BlastRadius, ExperimentTarget } from '../../specs/chaos/target.ts';

const mostNamed = 10;

/** What might have been hit: `process web of web-1, web-2`. */
export function describeTarget(target: ExperimentTarget): string {
  if ('pods' in target) {
    const { context, namespace, labels, means } = target.pods;
    const selected = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const where = context === undefined ? namespace : `${namespace} (${context})`;
    const by = means === 'chaosMesh' ? ', by Chaos Mesh' : '';
    return `pods of ${where} with ${selected.join(', ')}${by}`;
  }
  if ('tracks' in target) {
    const { service, kubernetes, share, replicas } = target.tracks;
    const each = `${showValue('errors', share)} of the requests each`;
    if (kubernetes !== undefined) {
      const { namespace, context, service: name } = kubernetes;
      const where = context === undefined ? namespace : `${namespace} (${context})`;
      return `one of two tracks of Service ${name} of ${where}, ${each}`;
    }
    return `one of two tracks of ${service}, ${each}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} each`;
  }
  const { part, name } = namedPart(target);
  const hosts = joinNames(target.agents);
  return name === undefined
    ? `${target.agents.length === 1 ? 'host' : 'hosts'} ${hosts}`
    : `${part} ${name} of ${hosts}`;
}

export function describeRadius(radius: BlastRadius, mostOfTarget: number): string {
  const hit = 'count' in radius ? radius.count : showValue('errors', radius.percent);
  return `${hit}, and at most ${showValue('errors', mostOfTarget)} of the target`;
}

export function joinNames(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const named = names.slice(0, mostNamed).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
