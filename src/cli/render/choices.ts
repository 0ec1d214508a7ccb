import { commandName } from '../../kinds/command-name.ts';
import { isVerb, rolloutVerbs, type Verb } from '../../kinds/rollout-verbs.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { isInPlace } from '../../render/rollouts/kind-words.ts';
import type { Page } from './page.ts';
import { renderTable } from './table.ts';

/** The commands that mean something now, and what each would do here. */
export function renderChoices(status: RolloutStatus, { paint }: Page): string[] {
  const name = `${status.environment}/${status.service}`;
  return renderTable(
    status.accepts
      .filter(isVerb)
      .filter((verb) => verb !== 'undo') // While a rollout is open, it does what abort does.
      .map((verb) => [
        paint.bold(`belay ${commandName(verb)} ${name}`),
        paint.dim(meaningHere(verb, status)),
      ]),
    { indent: 4 },
  );
}

function meaningHere(verb: Verb, status: RolloutStatus): string {
  switch (verb) {
    case 'abort':
      return meaningOfAbort(status);
    case 'promote':
      return meaningOfPromote(status);
    case 'promoteFull':
      return status.kind === 'canary'
        ? rolloutVerbs.promoteFull.meaning
        : 'end this watch and every wait after it';
    case 'retry':
      return status.phase === 'stuck'
        ? 'have stable try again to take the release over'
        : rolloutVerbs.retry.meaning;
    default:
      return rolloutVerbs[verb].meaning;
  }
}

function meaningOfAbort({ phase, kind, previousVersion = 'the old release' }: RolloutStatus) {
  if (phase === 'stuck' || phase === 'taking-over') {
    return `stable gets ${previousVersion} back, then all traffic`;
  }
  if (isInPlace(kind)) return `undo everything: ${previousVersion} is put back`;
  if (kind === 'blueGreen') return `undo everything: ${previousVersion} keeps or gets all traffic`;
  return rolloutVerbs.abort.meaning;
}

function meaningOfPromote({ phase, kind }: RolloutStatus): string {
  if (phase === 'keeping')
    return 'end the wait; after this, going back means starting the old release again';
  return kind === 'canary'
    ? rolloutVerbs.promote.meaning
    : 'end this watch, or an inconclusive pause, and go on';
}
