import * as z from 'zod';
import { isMapping } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import type { KubernetesTarget } from './kubernetes-target.ts';
import { kubernetesTarget } from './kubernetes-target.ts';
import { choice, mapping, wholeNumber } from '../kernel/written.ts';

/** Where a service runs. */
export type Target = LocalTarget | KubernetesTarget;

export interface LocalTarget {
  platform: 'local';
  /** Loopback port of the service; absent: the platform picks a free one and keeps it. */
  port?: number;
  /** Whether experiments may be made on the service; absent: as it was. */
  chaos?: ChaosConsent;
}

export const chaosConsents = ['allowed', 'refused'] as const;
export type ChaosConsent = (typeof chaosConsents)[number];

const platforms = ['local', 'kubernetes'] as const satisfies Target['platform'][];
const elsewhere = 'only for platform: kubernetes; leave it out';

const localTarget = mapping(
  {
    platform: z.literal('local').describe('The platform: local (processes on this machine).'),
    port: wholeNumber(1, 65_535)
      .exactOptional()
      .describe(
        'Loopback port on which callers reach the service. Default: a free port, which the service keeps.',
      ),
    chaos: choice(chaosConsents)
      .exactOptional()
      .describe(
        'Whether chaos experiments may be made on the service: allowed or refused. Default: as it was; refused for a new service.',
      ),
  },
  Object.fromEntries(
    ['context', 'namespace', 'deployment', 'router', 'colours', 'labels', 'metrics'].map((key) => [
      key,
      elsewhere,
    ]),
  ),
);

export const targetSchema = z
  .discriminatedUnion('platform', [localTarget, kubernetesTarget], {
    error: refuseTarget,
  })
  .describe('Where the service runs.');

/** Undefined for a target that is refused: what fits it cannot be checked. */
export function platformOf(target: unknown): Target['platform'] | undefined {
  const given = isMapping(target) ? target['platform'] : undefined;
  return platforms.find((platform) => platform === given);
}

function refuseTarget({ input }: { input?: unknown }): string {
  if (typeof input !== 'object' || input === null) {
    return refusal('write a mapping such as { platform: local }')({ input });
  }
  const platform: unknown = 'platform' in input ? input.platform : undefined;
  const offer = offerKnown(platform, platforms, 'platforms that exist');
  return platform === undefined
    ? `missing; ${offer}`
    : `there is no platform ${showGiven(platform)}; ${offer}`;
}
