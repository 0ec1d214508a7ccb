const rollout = /^rollout\/([^/]+)\/([^/]+)$/;

/** Whom a line of the log is about; nothing for workflows that are not about one service. */
export function serviceOfWorkflow(
  workflowId: string | undefined,
): { service: string; environment: string } | Record<string, never> {
  const [, environment, service] = rollout.exec(workflowId ?? '') ?? [];
  return environment && service ? { service, environment } : {};
}
