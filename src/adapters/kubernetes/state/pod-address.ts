import type { V1Pod } from '@kubernetes/client-node';

/** The port that was asked for, or the first one that the pod's containers declare. */
export function portOf({ spec }: V1Pod, asked: number | undefined): number | undefined {
  const declared = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
  return asked ?? declared[0]?.containerPort;
}

/** Straight to this pod, past every Service. */
export function podAddress({ status }: V1Pod, port: number | undefined): string | undefined {
  const address = status?.podIP;
  if (!address || port === undefined) return undefined;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
