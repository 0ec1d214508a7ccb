export { canaryDeployment } from './canary-deployment.ts';
export { janitor } from './janitor.ts';
export { rollback } from './rollback.ts';
