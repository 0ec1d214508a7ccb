import type { StageStatus } from '../../contracts/rollouts/status.ts';

/** One character for how a stage stands, the same on every page. */
export const stageMarks: Record<StageStatus['state'], string> = {
  pending: '·',
  active: '▶',
  passed: '✓',
  skipped: '»',
  failed: '✗',
  stopped: '■',
};
