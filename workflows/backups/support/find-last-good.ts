import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Among, Commit, SeenStates } from '../../../src/contracts/backups/search.ts';
import {
  beginSearch,
  boundsOf,
  learn,
  nextProbe,
  positionsOf,
  type NextProbe,
  type Searched,
} from '../../../src/policies/backups/search/search.ts';
import { describeCommit } from '../../../src/render/backups/describe-commit.ts';
import { takeStep } from '../../kernel/steps.ts';
import { lookOnTheWay } from './look-on-the-way.ts';
import type { SearchedCopy } from './searched-copy.ts';

export type LastGood =
  | { kind: 'found'; firstBad: Commit; lastGood?: Commit }
  | { kind: 'wrong-from-the-beginning' }
  | { kind: 'nothing-wrong' };

/** Some transactions of the log, in order: all between two of them, or those of the table. */
interface Stretch extends Omit<Searched, 'probesPerRestore'> {
  among: Among;
  /** How many come before the first of them. */
  skipped: number;
}

/** A probe takes about so long. */
const probeMs = 2_000;
const tooFar = 'the one before it was beyond the moment in question, and replay goes forward only';

/**
 * Looks among the transactions of the table first, where they are known. A transaction that is found is
 * exact: the check was seen to hold just before it, and not to hold just after it.
 */
export async function findLastGood(copy: SearchedCopy): Promise<LastGood> {
  const end = patched('copies-are-asked-on-their-way')
    ? await lookOnTheWay(copy)
    : { kind: 'given-up' as const, seen: {} };
  if (end.kind === 'given-up') return probeForLastGood(copy, end.seen);
  if (end.kind !== 'found') return end;
  return describeFound(copy, { among: 'all', skipped: 0 }, end.ordinal);
}

/** Each question is a start of the copy's server, which goes forward only. */
async function probeForLastGood(copy: SearchedCopy, seen: SeenStates): Promise<LastGood> {
  const { commits, touching, standout } = copy.history;
  const all: Stretch = { among: 'all', skipped: 0, candidates: commits, isDense: true };
  const place = standout?.place;
  const isKnown = seen.good !== undefined || seen.bad !== undefined;
  const first: Stretch = isKnown
    ? { ...all, ...positionsOf(commits, seen) }
    : touching === undefined
      ? { ...all, ...(place !== undefined && { standout: place }) }
      : {
          ...{ among: 'table', skipped: 0, candidates: touching.commits, isDense: false },
          ...(place !== undefined && { standout: place }),
        };
  const end = await searchThrough(copy, first);
  if (end.kind === 'found') return describeFound(copy, first, end.candidate);
  if (end.kind === 'wrong-from-the-beginning') return end;
  if (first.isDense) return { kind: 'nothing-wrong' };
  const rest = await restOf(copy, first, end);
  const { run } = copy;
  run.note('No transaction of the table has done it: those between them were looked at, too');
  const widened = await searchThrough(copy, rest);
  if (widened.kind === 'found') return describeFound(copy, rest, widened.candidate);
  if (widened.kind === 'nothing-wrong' && end.kind === 'nothing-wrong') return widened;
  throw ApplicationFailure.nonRetryable(
    'the check answers differently at the same moment: it depends on more than the database, such as the time or chance',
    failureTypes.notReady,
  );
}

type End = Exclude<NextProbe, { kind: 'probe' }>;

async function searchThrough(copy: SearchedCopy, stretch: Stretch): Promise<End> {
  const { run, restoreMs } = copy;
  let search = beginSearch({ ...stretch, probesPerRestore: restoreMs / probeMs });
  if (nextProbe(search).kind === 'probe') {
    const { probes, copies } = boundsOf(search);
    await takeStep(run, 'plan the search', ({ prove }) => {
      const value = `${stretch.candidates} transactions: at most ${probes} questions, and ${copies} copies`;
      prove({ what: 'search', source: copy.plan.repository, value });
      return Promise.resolve();
    });
  }
  for (;;) {
    const next = nextProbe(search);
    if (next.kind !== 'probe') return next;
    if (next.isFresh) await copy.restoreAgain(tooFar);
    const isGood = await askAt(copy, stretch, next.position);
    search = learn(search, next.position, isGood);
  }
}

async function askAt(
  copy: SearchedCopy,
  { among, skipped }: Stretch,
  position: number,
): Promise<boolean> {
  if (position === 0) {
    if (skipped === 0) return copy.ask('consistent', 'at the end of the set');
    const { lsn, xid } = await copy.commit('all', skipped);
    return copy.ask({ lsn, inclusive: true }, `after transaction ${xid}`);
  }
  const isBefore = position % 2 === 1;
  const { lsn, xid } = await copy.commit(among, skipped + Math.ceil(position / 2));
  const moment = `${isBefore ? 'before' : 'after'} transaction ${xid}`;
  return copy.ask({ lsn, inclusive: !isBefore }, moment);
}

/** The transactions of other tables, where the first bad one has to be. */
async function restOf(
  copy: SearchedCopy,
  { candidates }: Stretch,
  end: Extract<End, { kind: 'between' | 'nothing-wrong' }>,
): Promise<Stretch> {
  const ordinalOf = async (place: number) => (await copy.commit('table', place)).ordinal;
  const after = end.kind === 'between' ? end.candidate : candidates;
  const skipped = after === 0 ? 0 : await ordinalOf(after);
  const next = after === candidates ? copy.history.commits + 1 : await ordinalOf(after + 1);
  const between = next - 1 - skipped;
  const isBad = end.kind === 'between';
  return {
    ...{ among: 'all', skipped, candidates: between, isDense: true },
    good: between > 0 ? 1 : 0,
    ...(isBad && { bad: 2 * between }),
    copyAt: isBad ? Infinity : 0,
  };
}

async function describeFound(
  copy: SearchedCopy,
  { among, skipped }: Pick<Stretch, 'among' | 'skipped'>,
  candidate: number,
): Promise<LastGood> {
  return takeStep(copy.run, 'find the last good moment', async ({ prove }) => {
    const firstBad = await copy.commit(among, skipped + candidate);
    const { ordinal } = firstBad;
    const lastGood = ordinal === 1 ? undefined : await copy.commit('all', ordinal - 1);
    const source = copy.plan.repository;
    const last = lastGood ? describeCommit(lastGood) : 'the end of the set';
    prove({ what: 'last good', source, value: last });
    const value = `${describeCommit(firstBad)}, ${firstBad.records} rows`;
    prove({ what: 'first bad', source, value });
    return { kind: 'found', firstBad, ...(lastGood && { lastGood }) };
  });
}
