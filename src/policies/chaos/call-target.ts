import type { ResolvedTarget } from '../../contracts/chaos/resolved-target.ts';

/** A target as people call it: an agent, `shop/web-5d9c-x7k2p`, or `a track of demo/shop`. */
export function callTarget(target: ResolvedTarget): string {
  if ('tracks' in target) return `a track of ${target.environment}/${target.tracks.service}`;
  return 'pod' in target ? `${target.pod.namespace}/${target.pod.name}` : target.agent;
}

/** Who says what a fault does to it. */
export function witnessOf(target: ResolvedTarget): string {
  if ('tracks' in target) return `the tracks of ${target.environment}/${target.tracks.service}`;
  return 'pod' in target
    ? `the API server, of ${callTarget(target)}`
    : `the kernel of ${target.agent}`;
}
