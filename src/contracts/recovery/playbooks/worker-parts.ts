import type {
  WorkerAction,
  WorkerProbe,
} from '../../../policies/recovery/playbooks/parts/table.ts';
import type {
  ChildName,
  PartCheck,
  PartInputs,
  PartOutcome,
  PerformCall,
  ProbeOutcome,
  UndoCall,
} from './activities.ts';

/** An action that a worker carries out. Every method throws only PartError; `check` has no effect. */
export interface WorkerActionPart {
  check(inputs: PartInputs): Promise<PartCheck>;
  perform(call: PerformCall): Promise<PartOutcome>;
  /** Of an action whose undo is its own. */
  undo?(call: UndoCall): Promise<PartOutcome>;
}

export interface WorkerProbePart {
  check(inputs: PartInputs): Promise<PartCheck>;
  ask(inputs: PartInputs): Promise<ProbeOutcome>;
}

/** Everything that the activities of a worker do for playbooks. */
export interface WorkerParts {
  actions: Readonly<Record<WorkerAction, WorkerActionPart>>;
  probes: Readonly<Record<WorkerProbe, WorkerProbePart>>;
  abortChild(child: ChildName): Promise<boolean>;
}
