import type { V1Pod } from '@kubernetes/client-node';
import type { PortRef } from './served-ports.ts';

/**
 * The first of these ports that the pod's containers declare; if they declare none of them, the first
 * that is a number; if there are none to choose from, the first declared port.
 */
export function portOf({ spec }: V1Pod, served: readonly PortRef[]): number | undefined {
  const declared = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
  const known = declared.find(
    ({ name, containerPort }) =>
      served.includes(containerPort) || (name !== undefined && served.includes(name)),
  );
  const number = served.find((port) => typeof port === 'number');
  return known?.containerPort ?? number ?? declared[0]?.containerPort;
}

/** Directly to this pod, bypassing every Service. */
export function podAddress({ status }: V1Pod, port: number | undefined): string | undefined {
  const address = status?.podIP;
  if (!address || port === undefined) return undefined;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
