import type { Outcome } from '../../contracts/rollouts/outcome.ts';
import type { VerdictKind } from '../../contracts/rollouts/verdict.ts';
import type { Paint } from './page.ts';

export function paintVerdict(kind: VerdictKind, paint: Paint): string {
  switch (kind) {
    case 'pass':
      return paint.green(kind);
    case 'fail':
      return paint.red(kind);
    case 'inconclusive':
      return paint.yellow(kind);
  }
}

export function paintOutcome(outcome: Outcome, paint: Paint): string {
  switch (outcome) {
    case 'Promoted':
    case 'FastPromoted':
      return paint.green(outcome);
    case 'Aborted':
    case 'Superseded':
      return paint.yellow(outcome);
    case 'RolledBack':
    case 'UndoFailed':
      return paint.red(outcome);
  }
}
