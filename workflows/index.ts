export { blueGreenDeployment } from './blue-green-deployment.ts';
export { canaryDeployment } from './canary-deployment.ts';
export { janitor } from './janitor.ts';
export { recreateDeployment } from './recreate-deployment.ts';
export { respondToAlert } from './respond-to-alert.ts';
export { rollback } from './rollback.ts';
export { rollingDeployment } from './rolling-deployment.ts';
