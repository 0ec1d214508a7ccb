import type { PersonAct } from '../../src/contracts/kernel/person-act.ts';
import type { StepStatus } from '../../src/contracts/kernel/run.ts';
import type { ArmedUndo } from './undos.ts';

/** What a run takes with it when it continues as new. Later versions must be able to read it. */
export interface Continuation {
  runRef: string;
  startedAtMs: number;
  parentRef: string | undefined;
  fenceStep: number;
  undos: ArmedUndo[];
  steps: StepStatus[];
  stepsLeftOut?: number;
  people: PersonAct[];
  notes: string[];
  /** The environment whose change control may hold a permit for it. */
  permitHeldIn?: string;
  /** The story's own. */
  state: unknown;
}
