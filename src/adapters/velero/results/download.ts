import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { describeNetworkError } from '../../http/describe-network-error.ts';
import { downloads } from '../kinds.ts';
import { fieldManager } from '../requests.ts';
import type { Velero } from '../settings.ts';

type Wanted = 'BackupContents' | 'BackupResults' | 'RestoreResults';

interface DownloadObject extends KubernetesObject {
  status?: { downloadURL?: string };
}

/** `absent`: the location does not have it. `unreachable`: nobody can say from here. */
export type Downloaded =
  { body: ReadableStream<Uint8Array> } | { absent: string } | { unreachable: string };

const signedWithinMs = 10_000;
const everyMs = 250;

/**
 * A file of a set, by an address that Velero signs. The address lets anybody read the file for a
 * while: it is in no message.
 */
export async function download(
  velero: Velero,
  { kind, name }: { kind: Wanted; name: string },
  cancelled: AbortSignal,
): Promise<Downloaded> {
  const url = await sign(velero, { kind, name });
  if (url === undefined) return { unreachable: 'Velero gave no address for it' };
  try {
    const answer = await fetch(url, { signal: cancelled });
    if (answer.status === 404) return { absent: 'the location does not have it' };
    if (!answer.ok || answer.body === null) {
      return { unreachable: `the location answered ${answer.status}` };
    }
    return { body: answer.body };
  } catch (error) {
    if (cancelled.aborted) throw error;
    return {
      unreachable: `the location cannot be reached from the agent: ${describeNetworkError(error)}`,
    };
  }
}

async function sign({ api, namespace }: Velero, target: { kind: Wanted; name: string }) {
  const name = `belay-${randomUUID()}`;
  const request = {
    ...{ apiVersion: 'velero.io/v1', kind: 'DownloadRequest' },
    ...{ metadata: { name, namespace }, spec: { target } },
  };
  await api.apply(downloads, request, { fieldManager, dryRun: false });
  const deadlineMs = performance.now() + signedWithinMs;
  do {
    const found = (await api.get(downloads, namespace, name)) as DownloadObject | undefined;
    const url = found?.status?.downloadURL;
    if (url !== undefined && url !== '') return url;
    await sleep(everyMs);
  } while (performance.now() < deadlineMs);
  return undefined;
}
