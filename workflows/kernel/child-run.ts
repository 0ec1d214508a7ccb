import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { isCancellation, TerminatedFailure, TimeoutFailure } from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import { attributesOfStart } from '../../src/contracts/kernel/search-attributes.ts';
import type { AnyKind, Subject } from '../../src/kinds/kind.ts';
import { workflowIdOf } from '../../src/kinds/locks.ts';
import { reasonOf } from './reason-of.ts';

interface ChildRun {
  subject: Subject;
  /** As somebody wrote it. */
  spec: unknown;
  request: StartRequest;
  /** What starts it, such as `a campaign`. */
  startedBy: string;
}

/** How a run starts another one as its child: under the lock and with the attributes of any run of that kind. */
export function asChild(kind: AnyKind, { subject, spec, request, startedBy }: ChildRun) {
  return {
    workflowId: workflowIdOf(kind, subject),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    args: [spec, request] as [unknown, StartRequest],
    typedSearchAttributes: Object.entries(attributesOfStart(kind.kind, subject)).map(
      ([attribute, value]) => ({ key: defineSearchAttributeKey(attribute, 'KEYWORD'), value }),
    ),
    staticSummary: `${kind.kind} of ${subject.environment}/${subject.name}, by ${startedBy}`,
  };
}

/**
 * What became of a child that has no report. Refused: it has done nothing. Lost: somebody terminated it, or its
 * time was over, and nobody saw its end.
 */
export function endWithoutReport(error: unknown): { outcome: 'Refused' | 'Lost'; reason: string } {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return { outcome: 'Refused', reason: 'a run of it is open already' };
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const isLost =
    isCancellation(error) || cause instanceof TerminatedFailure || cause instanceof TimeoutFailure;
  return { outcome: isLost ? 'Lost' : 'Refused', reason: reasonOf(error) };
}
