import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { Component, KubernetesSource } from '../../contracts/backups/source.ts';
import type { KubernetesAccess } from '../../specs/backups/agent-settings.ts';
import type { Repositories } from '../restic/repositories.ts';
import type { ResticTool } from '../restic/tool/restic-tool.ts';

export interface KubernetesSettings extends Repositories {
  access?: KubernetesAccess | undefined;
  /** Of the agent alone: objects are in it while they are stored or restored. */
  stagingFolder: string;
}

export function objectsOf({ name, source }: Component): KubernetesSource {
  if (source.kind === 'kubernetes') return source;
  throw new AgentError('refused', `${name} is of kind ${source.kind}, and not of Kubernetes`);
}

/** Objects are in a folder of the agent alone, which another account cannot read. */
export function openAsAgent(tool: ResticTool): ResticTool {
  const { user, name } = tool.settings;
  if (user === undefined) return tool;
  throw new AgentError(
    'refused',
    `repository ${name} is opened as ${user}, who cannot read objects that the agent holds: name one without user`,
  );
}
