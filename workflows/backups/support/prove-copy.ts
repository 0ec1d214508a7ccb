import type {
  Assertion,
  AssertionResult,
  CopyState,
} from '../../../src/contracts/backups/store.ts';
import type { PlannedAssertions } from '../../../src/policies/backups/assertions-of.ts';
import { describeServer } from '../../../src/render/backups/describe-server.ts';
import { takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { startServer, type RunningServer } from './run-server.ts';
import type { StoreActs } from './store-acts.ts';
import { leastPauseMs, untilPromoted } from './until-promoted.ts';

export interface CopyProof {
  results: AssertionResult[];
  /** Until the copy took writes; absent where there is no server to start. */
  recoverMs?: number;
  assertMs: number;
  /** How far it was recovered. */
  state?: CopyState;
}

interface Copied {
  store: StoreActs;
  copy: string;
  asked: PlannedAssertions;
  /** The host stops the server after this. */
  forMs: number;
}

/**
 * Recovers and promotes a restored database, and asks it; files are compared with their set. An
 * answer that is not the one expected is a result. Fails where the copy cannot be recovered.
 */
export async function proveCopy<Spec>(run: BackupsRun<Spec>, copied: Copied): Promise<CopyProof> {
  const isDatabase = copied.store.component.source.kind === 'postgres';
  if (!isDatabase) return askStopped(run, copied, { results: [], assertMs: 0 });
  const server = startServer(copied);
  try {
    return await askStopped(run, copied, await askRunning(run, copied, server));
  } finally {
    await server.end();
  }
}

async function askRunning<Spec>(
  run: BackupsRun<Spec>,
  { store, copy, asked }: Copied,
  server: RunningServer,
): Promise<CopyProof> {
  const { name } = store.component;
  const startedAtMs = Date.now();
  const state = await takeStep(run, `recover ${name}`, async ({ prove }) => {
    const reached = await untilPromoted({
      ...{ name, what: copy, longestPauseMs: leastPauseMs, ended: server.ended },
      inspect: () => store.inspectCopy(copy, inspectWithinMs),
    });
    prove({ what: copy, source: store.agent, value: describeServer(reached) });
    return reached;
  });
  const recoverMs = Date.now() - startedAtMs;
  const results = await takeStep(run, `ask ${name}`, (step) =>
    ask(step, store, copy, asked.running),
  );
  const assertMs = Date.now() - startedAtMs - recoverMs;
  return { results, recoverMs, assertMs, state };
}

/** The host ends a server that still runs, which a run would have to wait for. */
async function askStopped<Spec>(
  run: BackupsRun<Spec>,
  { store, copy, asked }: Copied,
  proof: CopyProof,
): Promise<CopyProof> {
  if (asked.stopped.length === 0) return proof;
  const startedAtMs = Date.now();
  const { name, source } = store.component;
  const title = source.kind === 'postgres' ? 'check the pages' : `compare ${name} with its set`;
  const results = await takeStep(run, title, (step) => ask(step, store, copy, asked.stopped));
  return {
    ...proof,
    results: [...proof.results, ...results],
    assertMs: proof.assertMs + Date.now() - startedAtMs,
  };
}

/** The agent looks more often than a run could, and a run sees within this that its server has ended. */
const inspectWithinMs = 10_000;

async function ask(
  { prove }: OpenStep,
  store: StoreActs,
  copy: string,
  calls: PlannedAssertions['running'],
): Promise<AssertionResult[]> {
  const results: AssertionResult[] = [];
  for (const assertions of calls) {
    const answers = await store.assertCopy(copy, assertions);
    for (const result of [...answers, ...unanswered(assertions, answers)]) {
      const { name, passed, seen, expected } = result;
      const value = passed ? seen : `not as expected: ${seen}`;
      prove({ what: name, source: copy, value, threshold: expected });
      results.push(result);
    }
  }
  return results;
}

/** What was asked, and not answered, has not passed. */
function unanswered(
  asked: readonly Assertion[],
  answers: readonly AssertionResult[],
): AssertionResult[] {
  if (answers.length >= asked.length) return [];
  const name = asked.map(({ kind }) => kind).join(', ');
  const seen = answers.length === 0 ? 'no answer' : `${answers.length} answers`;
  const expected = asked.length === 1 ? 'an answer' : `${asked.length} answers`;
  return [{ name, passed: false, seen, expected }];
}
