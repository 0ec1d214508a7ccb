import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { statusRequests } from '../kinds.ts';
import { fieldManager } from '../requests.ts';
import type { Velero } from '../settings.ts';

interface StatusRequest extends KubernetesObject {
  status?: { phase?: string; serverVersion?: string };
}

const everyMs = 250;

/** The version of the server that answers; undefined: none does. Velero removes the question itself. */
export async function askServer(
  { api, namespace }: Velero,
  withinMs: number,
): Promise<string | undefined> {
  const name = `belay-${randomUUID()}`;
  await api.apply(
    statusRequests,
    {
      apiVersion: 'velero.io/v1',
      kind: 'ServerStatusRequest',
      metadata: { name, namespace },
      spec: {},
    },
    { fieldManager, dryRun: false },
  );
  const deadlineMs = performance.now() + withinMs;
  do {
    const found = (await api.get(statusRequests, namespace, name)) as StatusRequest | undefined;
    if (found?.status?.phase === 'Processed') return found.status.serverVersion ?? 'unknown';
    await sleep(everyMs);
  } while (performance.now() < deadlineMs);
  return undefined;
}
