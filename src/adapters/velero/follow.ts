import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { ApiResource, KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import { describeStuck, describeWork, hasEnded } from './judge/judge-work.ts';
import type { VolumeData } from './judge/volume-data.ts';
import type { WorkStatus } from './objects.ts';
import type { Velero } from './settings.ts';

type Work = KubernetesObject & { status?: WorkStatus };

interface Following {
  resource: ApiResource;
  name: string;
  /** From now on: two clocks are not compared. */
  withinMs: number;
  readVolumes: () => Promise<VolumeData[]>;
  /** What it waits for beyond the data of its volumes. */
  readWaiting?: () => Promise<string[]>;
  cancelled: AbortSignal;
}

export interface Ended {
  status: WorkStatus;
  volumes: VolumeData[];
}

const firstEveryMs = 500;
const mostEveryMs = 5_000;
const mostNamed = 10;

/** Waits until Velero has ended a backup or a restore. Throws AgentError, with what it is stuck at, if that takes too long. */
export async function follow(velero: Velero, following: Following): Promise<Ended> {
  const { resource, name, withinMs, readVolumes, cancelled } = following;
  const title = `${resource.kind} ${name}`;
  const startedMs = performance.now();
  for (let everyMs = firstEveryMs; ; everyMs = Math.min(everyMs * 1.5, mostEveryMs)) {
    const found = (await velero.api.get(resource, velero.namespace, name)) as Work | undefined;
    if (found === undefined) {
      throw new AgentError('refused', `${title} was deleted by somebody else while it was made`);
    }
    const { status = {} } = found;
    const volumes = await readVolumes();
    if (hasEnded(status)) return { status, volumes };
    const progress = describeWork(title, status, volumes);
    velero.report(progress);
    if (performance.now() - startedMs > withinMs) {
      const waiting = [...describeStuck(volumes), ...((await following.readWaiting?.()) ?? [])];
      const stuck = waiting.slice(0, mostNamed).map((line) => `\n  ${line}`);
      throw new AgentError(
        'refused',
        `${progress} after ${formatDuration(withinMs)}, which is the longest it may take${stuck.join('')}`,
      );
    }
    await sleep(everyMs, undefined, { signal: cancelled });
  }
}
