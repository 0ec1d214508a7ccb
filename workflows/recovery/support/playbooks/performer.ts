import type {
  PartCheck,
  PartInputs,
  PartOutcome,
  ProbeOutcome,
} from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { Part, PartEvidence } from '../../../../src/contracts/recovery/playbooks/part.ts';
import type { PlaybookRun } from './playbook-run.ts';

/** One action or probe of a step, ready to be carried out. */
export interface Order {
  /** Of the step. */
  title: string;
  /** The step whose undo this is. */
  undoes?: string;
  part: Part;
  inputs: PartInputs;
  evidence: Readonly<Record<string, PartEvidence>>;
  timeoutMs?: number;
  /** Nothing is at stake: it is not tried for long. */
  isRehearsed?: true;
}

/** How the workflow carries an action out: by a worker, an agent, or another run. */
export interface ActionPerformer {
  /** Without any effect. */
  check<Spec>(run: PlaybookRun<Spec>, order: Order): Promise<PartCheck>;
  /** Arms the undo of its own, if it has one, before it acts. `isUndoable`: it is to be undone. */
  perform<Spec>(
    run: PlaybookRun<Spec>,
    order: Order & { before?: unknown; isUndoable: boolean },
  ): Promise<PartOutcome>;
}

export interface ProbePerformer {
  check<Spec>(run: PlaybookRun<Spec>, order: Order): Promise<PartCheck>;
  ask<Spec>(run: PlaybookRun<Spec>, order: Order): Promise<ProbeOutcome>;
}
