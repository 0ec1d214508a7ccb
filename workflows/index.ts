export { blueGreenDeployment } from './rollouts/blue-green-deployment.ts';
export { canaryDeployment } from './rollouts/canary-deployment.ts';
export { janitor } from './kernel/janitor.ts';
export { recreateDeployment } from './rollouts/recreate-deployment.ts';
export { respondToAlert } from './rollouts/respond-to-alert.ts';
export { rollback } from './rollouts/rollback.ts';
export { rollingDeployment } from './rollouts/rolling-deployment.ts';
export { startScheduledRun } from './kernel/start-scheduled-run.ts';
