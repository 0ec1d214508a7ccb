import type {
  ChangeControlState,
  PermitAnswer,
  PermitRequest,
} from '../../../contracts/kernel/change-control.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { describeActive, utcMinute } from './describe-freeze.ts';
import { mostPermits, type Conflict, type PermitJudgement } from './judge-permit.ts';

const nothingDone = 'Nothing was started or changed.';

type Refusing = Extract<
  PermitJudgement,
  { kind: 'lever' | 'frozen' | 'excluded' | 'full' | 'ended' }
>;
type Refusal = Extract<PermitAnswer, { granted: false }>;

/** Why a run may not start, who can change that, and how: complete without any other output. */
export function describeRefusal(
  state: Pick<ChangeControlState, 'environment' | 'lever'>,
  request: PermitRequest,
  judgement: Refusing,
): Refusal {
  const { environment } = state;
  switch (judgement.kind) {
    case 'frozen':
      return refuse('Frozen', [
        `${judgement.freezes.map((freeze) => describeActive(environment, freeze)).join('; ')}.`,
        nothingDone,
        'To go ahead all the same, give a name and a reason, which are recorded: ' +
          'belay deploy --override-freeze --why REASON, or override: {by, why} in the spec.',
        'No freeze refuses a rollback or an abort.',
      ]);
    case 'excluded':
      return refuse('PermitRefused', [
        `${request.workflowId} (${request.kind}) cannot start beside ${judgement.conflicts.map(describeHolder).join(', ')}: ${[...new Set(judgement.conflicts.map(({ because }) => because))].join('; ')}.`,
        nothingDone,
        `Wait until it ends, or abort it. What is under way: belay freezes ${environment}.`,
      ]);
    case 'lever':
      return refuse('PermitRefused', [
        `The safety lever of ${environment} is engaged${describeLever(state)}, so no ${request.family} may start.`,
        nothingDone,
        `Release it with: belay lever release ${environment}.`,
      ]);
    case 'ended':
      return refuse('PermitRefused', [
        `This run of ${request.workflowId} has ended already, and has given its permit back.`,
      ]);
    case 'full':
      return refuse('PermitRefused', [
        `${mostPermits} runs hold a permit in ${environment}, as many as there can be.`,
        nothingDone,
        'Wait until some of them end.',
      ]);
  }
}

function describeLever({ lever }: Pick<ChangeControlState, 'lever'>): string {
  return lever === undefined
    ? ''
    : ` by ${lever.by} since ${utcMinute(lever.sinceMs)} ("${lever.why}")`;
}

function describeHolder({ holder }: Conflict): string {
  return `${holder.workflowId} (${holder.kind}, since ${utcMinute(holder.sinceMs)})`;
}

function refuse(type: Refusal['type'], sentences: string[]): Refusal {
  return { granted: false, type, reason: sentences.join(' ') };
}

/** What a run is told that may start although something is frozen, and what is recorded of it. */
export function describeGrant(
  environment: string,
  { kind, override }: PermitRequest,
  { despite, outranked }: Extract<PermitJudgement, { kind: 'granted' }>,
): string[] {
  const ahead = override
    ? `overridden by ${override.by}: "${override.why}"`
    : `no freeze refuses a ${kind}`;
  return [
    ...despite.map((freeze) => `${describeActive(environment, freeze)}; ${ahead}`),
    ...outranked.map((conflict) => `${describeHolder(conflict)} is aborted: ${conflict.because}`),
  ];
}

/** Nobody knows whether the run may start, so it does not. */
export function describeNoAnswer(
  environment: string,
  { waitedMs, cause }: { waitedMs: number; cause: string },
): string {
  return (
    `Change control of ${environment} did not answer within ${formatDuration(waitedMs)}: ${cause}. ${nothingDone} ` +
    `Check that a worker answers for it (belay freezes ${environment}), then start the run again.`
  );
}
