import { readdir, readFile } from 'node:fs/promises';
import * as z from 'zod';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { platformLayout } from '../../../src/local-platform/state/layout.ts';
import type { MakeRelease } from './releases.ts';
import type { MakeSite } from './site.ts';
import type { WrittenSpec } from './stand.ts';
import type { World } from './world.ts';

/** On the local platform of a world; a worker of `setupQueue` brings first releases out. */
export function localSites(makeRelease: MakeRelease, setupQueue: string): MakeSite {
  return (world, name) => {
    const ref: ServiceRef = { service: name, environment: 'crash', target: { platform: 'local' } };
    const mark = `${world.home}/${name}`;
    const specOf = ({ release, ...rest }: WrittenSpec) => ({
      ...{ ...ref, ...rest },
      ...(release !== undefined && { replicas: 2, release: makeRelease(release, mark) }),
    });
    return {
      ref,
      settings: {},
      specOf,
      async open({ client, startOptions }, releases = ['v1']) {
        const quick = { analysis: 'none', stages: [{ weight: 50, hold: 0 }] };
        for (const [n, release] of releases.entries()) {
          await client.workflow.execute(workflowTypes.canary, {
            ...startOptions,
            taskQueue: setupQueue,
            args: [specOf(n === 0 ? { release } : { release, ...quick })],
          });
        }
        const state = await world.platform.readService(ref);
        return [{ url: state?.url ?? '', keepAlive: true }];
      },
      async readEnd() {
        const state = await world.platform.readService(ref);
        const { stable, canary, owner, revision, kept, canaryWeight } = state ?? {};
        return {
          stable: {
            version: stable?.release.version,
            replicas: stable?.replicas.map(({ ready }) => (ready ? 'ready' : 'not ready')),
            processes: await processesOf(mark),
          },
          leftover: {
            canary: canary?.release.version,
            weight: canaryWeight,
            owner: owner?.workflowId,
          },
          acts: {
            promotions: revision,
            kept: kept?.map(({ release }) => release.version),
            canariesStarted: await canariesStarted(world, ref),
          },
        };
      },
    };
  };
}

const record = z.object({ lastGeneration: z.number() });

/** The platform numbers the canaries it starts; the very first release is one as well. */
async function canariesStarted(world: World, ref: ServiceRef): Promise<number> {
  const { service } = platformLayout(world.home);
  const file = service(ref.environment, ref.service).record;
  return record.parse(JSON.parse(await readFile(file, 'utf8'))).lastGeneration;
}

/** Replicas of a stand that are processes, whoever knows of them: by what their environment says. */
async function processesOf(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const variables = environment.split('\0');
    const version = variables.find((variable) => variable.startsWith('VERSION='));
    if (variables.includes(`STAND=${mark}`) && version) found.push(version);
  }
  return found.sort();
}
