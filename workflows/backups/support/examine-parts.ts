import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { SourceFacts } from '../../../src/contracts/backups/store.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { describeSource } from '../../../src/render/backups/describe-source.ts';
import { joinReasons } from '../../../src/render/backups/join-reasons.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';

/** A part whose source was examined, or whose agent does not answer. */
export type ExaminedPart = Part & ({ facts: SourceFacts } | { away: string });

/**
 * Asks every agent before anything is done. Fails with every reason of all of them where one cannot
 * be backed up as the plan says, or where no agent answers.
 */
export async function examineParts<Spec>(
  run: BackupsRun<Spec>,
  parts: readonly Part[],
): Promise<ExaminedPart[]> {
  return takeStep(run, 'examine the sources', async ({ prove }) => {
    const examined = await Promise.all(parts.map((part) => examinePart(run, part)));
    for (const part of examined) {
      const { name, agent } = part.component;
      if (!('facts' in part)) run.note(`${name}: ${part.away}`);
      else prove({ what: name, source: agent, value: describeSource(part.facts) });
      if ('facts' in part) part.facts.remarks.forEach((remark) => run.note(`${name}: ${remark}`));
    }
    refuse(examined);
    return examined;
  });
}

async function examinePart<Spec>(run: BackupsRun<Spec>, part: Part): Promise<ExaminedPart> {
  try {
    return { ...part, facts: await run.store(part.component).examine() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = reasonOf(error);
    return isAway(error) ? { ...part, away: reason } : { ...part, facts: refused(reason) };
  }
}

function refused(reason: string): SourceFacts {
  return { refusals: [reason], remarks: [], tool: 'nothing' };
}

/** It may be back later; whatever else an agent answers is final. */
function isAway(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return true;
  const { agentAbsent, agentUnavailable } = failureTypes;
  return cause.type === agentAbsent || cause.type === agentUnavailable;
}

function refuse(examined: readonly ExaminedPart[]): void {
  const refusals = examined.flatMap((part) =>
    'facts' in part ? part.facts.refusals.map((why) => `${part.component.name}: ${why}`) : [],
  );
  const away = examined.flatMap((part) =>
    'away' in part ? [`${part.component.name}: ${part.away}`] : [],
  );
  if (refusals.length === 0 && away.length < examined.length) return;
  throw ApplicationFailure.nonRetryable(
    joinReasons([...refusals, ...away]),
    refusals.length > 0 ? failureTypes.targetRefused : failureTypes.targetUnavailable,
  );
}
