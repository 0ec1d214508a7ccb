/** The ID under which everything that changes this service's release runs: it is the lock. */
export function rolloutWorkflowId(spec: { service: string; environment: string }): string {
  return `rollout/${spec.environment}/${spec.service}`;
}
