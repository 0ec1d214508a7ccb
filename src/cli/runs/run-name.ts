import type { AnyKind, Subject } from '../../kinds/kind.ts';
import { parseWorkflowId, workflowIdOf, type Lock } from '../../kinds/locks.ts';
import { locksOf } from '../../kinds/select-kinds.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** A run as typed: what is left out has to be found. */
export interface TypedRun {
  lock?: string;
  environment?: string;
  name: string;
}

export interface RunNaming {
  /** What `--environment` says. */
  environment?: string | undefined;
  /** Every kind that there is. */
  kinds: readonly AnyKind[];
}

const partPattern = /^[a-z0-9-]+$/;
const forms = 'NAME, ENVIRONMENT/NAME or a workflow ID such as rollout/demo/shop';

/** Reads NAME, ENVIRONMENT/NAME or a whole workflow ID, beside what `--environment` says. */
export function parseRunName(typed: string, { environment, kinds }: RunNaming): TypedRun {
  const parts = typed.split('/');
  if (parts.length > 3 || !parts.every((part) => partPattern.test(part))) {
    throw refuse(
      `"${typed}" names no run: write ${forms}, each part of lowercase letters, digits and "-".`,
    );
  }
  const [name = '', within = environment, lock] = parts.toReversed();
  if (environment !== undefined && within !== environment) {
    throw refuse(
      `"${typed}" says environment ${within}, --environment says ${environment}: leave one out.`,
    );
  }
  const locks = locksOf(kinds);
  if (lock !== undefined && !locks.includes(lock)) {
    throw refuse(
      `"${typed}": no kind of run has workflow IDs that begin with "${lock}"; ${offerKnown(lock, locks)}`,
    );
  }
  return {
    name,
    ...(within !== undefined && { environment: within }),
    ...(lock !== undefined && { lock }),
  };
}

/** How people write a run: without the lock where no other kind could be meant. */
export function shortName({ environment, name }: Subject): string {
  return `${environment}/${name}`;
}

/** A run that is known to exist, and what its kind was. */
export interface KnownRun extends Lock {
  kind: string;
}

/** The one run that is known under what was typed; where there are more, all of them are listed. */
export function chooseRun(
  { name }: TypedRun,
  known: readonly KnownRun[],
  what: 'rollout' | 'run',
): Lock {
  const byId = new Map(known.map((run) => [idOf(run), run]));
  const [only, ...others] = [...byId.keys()].sort();
  if (only === undefined) {
    throw refuse(`No ${what} of ${name} is known here. See what there is with: belay list`);
  }
  const chosen = parseWorkflowId(only);
  if (others.length > 0 || chosen === undefined) throw refuse(ambiguous(name, [...byId.values()]));
  return chosen;
}

function ambiguous(name: string, runs: readonly KnownRun[]): string {
  const sorted = runs.toSorted((one, other) => idOf(one).localeCompare(idOf(other)));
  if (new Set(runs.map(({ lock }) => lock)).size === 1) {
    return [
      `${name} is in more than one environment; say which one:`,
      ...sorted.map((run) => `  ${shortName(run)}`),
    ].join('\n');
  }
  const widest = Math.max(...sorted.map((run) => idOf(run).length));
  return [
    `${name} names more than one run; say which one:`,
    ...sorted.map((run) => `  ${idOf(run).padEnd(widest)}  ${run.kind}`.trimEnd()),
  ].join('\n');
}

function idOf(run: Lock): string {
  return workflowIdOf(run, run);
}

function refuse(message: string): CliFailure {
  return new CliFailure(exitCodes.badInput, message);
}
