import type { StageStatus } from '../../contracts/rollouts/status.ts';
import { stepMarks } from '../kernel/step-marks.ts';

const { done, ...marks } = stepMarks;

/** One character for how a stage stands, the same on every page. */
export const stageMarks: Record<StageStatus['state'], string> = { ...marks, passed: done };
