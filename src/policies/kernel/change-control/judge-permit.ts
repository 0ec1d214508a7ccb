import type {
  ChangeControlState,
  Permit,
  PermitRequest,
} from '../../../contracts/kernel/change-control.ts';
import { activeFreezes, type ActiveFreeze } from './active-freezes.ts';
import { relate } from './exclusions.ts';
import { isAllowedInFreeze, isRefusable, isStoppedByLever } from './special-runs.ts';

/** A holder that is in the way of another run, or gives way to it. */
export interface Conflict {
  holder: Permit;
  because: string;
}

export type PermitJudgement =
  /** It was asked before: the answer stands. */
  | { kind: 'held'; permit: Permit }
  | {
      kind: 'granted';
      /** Freezes that hold now, and that this run may go ahead in. */
      despite: ActiveFreeze[];
      /** Holders that are aborted in favour of this run. */
      outranked: Conflict[];
    }
  | { kind: 'lever' }
  | { kind: 'frozen'; freezes: ActiveFreeze[] }
  | { kind: 'excluded'; conflicts: Conflict[] }
  | { kind: 'full' }
  /** The question was under way for longer than the run that asked it. */
  | { kind: 'ended' };

/** So that the state stays below what Temporal takes as one payload. */
export const mostPermits = 2_000;

/** A child works on what its parent's permit is for, since that is why it was started; nobody else does. */
function isParent(holder: Permit, { parent }: PermitRequest): boolean {
  return holder.workflowId === parent?.workflowId && holder.runRef === parent.runRef;
}

/** Whether a run may start, by what is frozen, stopped and under way. Decides nothing about undos: they do not ask. */
export function judgePermit(
  state: Pick<ChangeControlState, 'permits' | 'freezes' | 'lever' | 'ended'>,
  request: PermitRequest,
  nowMs: number,
): PermitJudgement {
  if (request.runId !== undefined && state.ended?.includes(request.runId)) return { kind: 'ended' };
  const held = state.permits.find(({ runRef }) => runRef === request.runRef);
  if (held !== undefined) return { kind: 'held', permit: held };
  if (state.lever !== undefined && isStoppedByLever(request)) return { kind: 'lever' };

  const freezes = activeFreezes(state.freezes, request, nowMs);
  const mayGoAhead = isAllowedInFreeze(request) || request.override !== undefined;
  if (freezes.length > 0 && !mayGoAhead) return { kind: 'frozen', freezes };

  const related = state.permits
    // A workflow ID is a lock: its earlier run is over.
    .filter(({ workflowId }) => workflowId !== request.workflowId)
    .filter((holder) => !isParent(holder, request))
    .map((holder) => ({ holder, relation: relate(request, holder) }));
  const conflicts = related.flatMap(({ holder, relation }) =>
    relation.kind === 'excluded' ? [{ holder, because: relation.because }] : [],
  );
  const mayBeRefused = isRefusable(request);
  if (conflicts.length > 0 && mayBeRefused) return { kind: 'excluded', conflicts };
  if (state.permits.length >= mostPermits && mayBeRefused) return { kind: 'full' };

  const outranked = related.flatMap(({ holder, relation }) =>
    relation.kind === 'outranks' ? [{ holder, because: relation.because }] : [],
  );
  return { kind: 'granted', despite: freezes, outranked };
}
