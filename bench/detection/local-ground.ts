import type { Release } from '../../src/specs/rollouts/release.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, serviceNamed, shop, startCanary } from '../system/services.ts';
import type { WrittenCanary } from '../system/services.ts';
import type { DetectionGround } from './ground.ts';

/** The local platform: replicas are processes of the example shop. */
export function localGround(system: MeasuredSystem): DetectionGround {
  return {
    async serve(name, errorShare) {
      const ref = serviceNamed(name);
      const url = await firstRelease(system, ref, failing('v0', errorShare));
      return {
        url,
        versionOf: (nth) => `v${nth}`,
        async start(release, written) {
          const { version, errorShare: share } = release;
          const id = await startCanary(system, ref, {
            ...(written as WrittenCanary),
            release: failing(version, share),
          });
          return system.client.workflow.getHandle(id);
        },
      };
    },
  };
}

function failing(version: string, errorShare: number): Release {
  const release = shop(version);
  return { ...release, env: { ...release.env, ERROR_RATE: String(errorShare) } };
}
