import { wholeNumber } from './written.ts';

export const replicasOnLocal = 2;

export const replicasKey = wholeNumber(1, 1_000)
  .exactOptional()
  .describe(
    `Replicas at 100 percent; a stage runs its share of them. Default: ${replicasOnLocal}; on Kubernetes the Deployment says it.`,
  );
