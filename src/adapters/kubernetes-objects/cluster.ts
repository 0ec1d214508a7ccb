import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { KubernetesAccess } from '../../specs/backups/agent-settings.ts';
import { createDynamicApi, type DynamicApi } from '../kubernetes-api/dynamic/dynamic-api.ts';
import { findAccess } from '../kubernetes-api/kubeconfig.ts';

interface Opening {
  access: KubernetesAccess | undefined;
  context: string | undefined;
  version: string;
}

/** Works on a cluster with the agent's own credentials. Throws AgentError. */
export async function onCluster<T>(
  { access, context, version }: Opening,
  attempt: Attempt,
  work: (api: DynamicApi) => Promise<T>,
): Promise<T> {
  if (access === undefined) {
    throw new AgentError('refused', 'the agent’s settings allow no Kubernetes cluster');
  }
  const cancelled = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  const startedMs = performance.now();
  const progress = setInterval(() => {
    const elapsedMs = performance.now() - startedMs;
    attempt.onProgress({ phase: 'running', elapsedMs, stdoutBytes: 0, stderrBytes: 0 });
  }, 1_000);
  try {
    const found = await findAccess(access.kubeconfig, context);
    const api = createDynamicApi(found, { version, cancelled });
    return await work(api).finally(() => api.close());
  } catch (error) {
    throw asAgentError(error, cancelled);
  } finally {
    clearInterval(progress);
  }
}

function asAgentError(error: unknown, cancelled: AbortSignal): unknown {
  if (cancelled.aborted && !(error instanceof AgentError)) {
    return new AgentError('away', 'the cluster’s answer is not wanted now');
  }
  if (!(error instanceof PlatformError)) return error;
  const code = error.code === 'unavailable' ? 'unfinished' : 'refused';
  return new AgentError(code, error.message, { cause: error });
}
