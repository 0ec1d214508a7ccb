import type { Fence } from '../../../contracts/kernel/fence.ts';

/** Where an object keeps the last act of a playbook on it. */
export const fenceAnnotation = 'belay.dev/playbook-act';

export function writeFence({ rolloutId, step }: Fence): string {
  return `${rolloutId}/${step}`;
}

/** `repeated`: this very act has been here. Steps are times, so a later one of any run is later. */
export function judgeFence(written: string | undefined, act: Fence): 'new' | 'repeated' | 'stale' {
  const at = written?.lastIndexOf('/') ?? -1;
  if (written === undefined || at < 0) return 'new';
  if (written === writeFence(act)) return 'repeated';
  const step = Number(written.slice(at + 1));
  return step > act.step ? 'stale' : 'new';
}
