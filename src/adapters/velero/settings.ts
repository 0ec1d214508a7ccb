import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { Component, VolumeSource } from '../../contracts/backups/source.ts';
import type { KubernetesAccess, VeleroAccess } from '../../specs/backups/agent-settings.ts';
import type { DynamicApi } from '../kubernetes-api/dynamic/dynamic-api.ts';

export interface VeleroSettings {
  access: KubernetesAccess | undefined;
  velero: VeleroAccess | undefined;
}

/** The Velero of one cluster. */
export interface Velero {
  api: DynamicApi;
  /** In which it is installed. */
  namespace: string;
  /** Says what is under way. */
  report(detail: string): void;
}

export function volumesOf({ name, source }: Component): VolumeSource {
  if (source.kind === 'volumes') return source;
  throw new AgentError('refused', `${name} is of kind ${source.kind}, and not of volumes`);
}
