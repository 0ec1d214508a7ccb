import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type {
  Among,
  Commit,
  History,
  SearchCosts,
  SearchedPass,
  SeenState,
  SeenStates,
} from '../../../src/contracts/backups/search.ts';
import type { StopPoint } from '../../../src/contracts/backups/store.ts';
import { describeHistory } from '../../../src/render/backups/describe-commit.ts';
import type { PointInTimeSpec } from '../../../src/specs/backups/point-in-time.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { removeCopy } from './remove-copy.ts';
import { restoreCopy, type RestorePlan } from './restore-copy.ts';
import { startServer } from './run-server.ts';
import { leastPauseMs, untilPromoted } from './until-promoted.ts';

export type PointInTimeRun = BackupsRun<PointInTimeSpec>;

/** A copy is kept for so long after the last call about it. */
const keepForMs = 3_600_000;
/** One probe: from the restartpoint before it, the log is replayed again. */
const serveForMs = 6 * 3_600_000;
const inspectWithinMs = 10_000;

/** A copy that is replayed and asked on the way. Another one is restored where it is too far. */
export class SearchedCopy {
  readonly run: PointInTimeRun;
  readonly spec: PointInTimeSpec;
  readonly plan: RestorePlan;
  probes = 0;
  copies = 0;
  /** How long the last restore took. */
  restoreMs = 0;
  #copy = '';
  #history: History | undefined;

  private constructor(run: PointInTimeRun, spec: PointInTimeSpec, plan: RestorePlan) {
    this.run = run;
    this.spec = spec;
    this.plan = { ...plan, target: { kind: 'set' }, keepForMs };
  }

  static async open(
    run: PointInTimeRun,
    spec: PointInTimeSpec,
    plan: RestorePlan,
  ): Promise<SearchedCopy> {
    const searched = new SearchedCopy(run, spec, plan);
    await searched.#restore();
    return searched;
  }

  get history(): History {
    if (this.#history === undefined) throw new Error('the log is read with the first copy');
    return this.#history;
  }

  commit(among: Among, place: number): Promise<Commit> {
    return this.#acts.readCommit(this.#copy, among, place);
  }

  loss(from: Commit) {
    return this.#acts.weighLoss(this.#copy, from.ordinal, this.spec.check.database);
  }

  /** In place of one that cannot be asked any more where it is to be asked. */
  async restoreAgain(why: string): Promise<void> {
    this.run.note(`Another copy was restored: ${why}`);
    await this.remove();
    await this.#restore();
  }

  /** Forward once, from what is known to be good, until it is bad. Fails where the check gives no answer. */
  async lookOnTheWay(
    seen: SeenStates,
    { pass, costs }: { pass: number; costs: SearchCosts | undefined },
  ): Promise<SearchedPass> {
    const { run, spec } = this;
    return takeStep(run, `replay and ask, ${pass}`, async ({ prove }) => {
      const copy = this.#copy;
      const wanted = { ...seen, ...(costs && { costs }) };
      const found = await this.#acts.searchCopy(copy, spec.check, wanted);
      this.probes += found.asked;
      const { expect: threshold } = spec.check;
      const show = (what: string, state: SeenState | undefined) => {
        if (state === undefined) return;
        prove({ what, source: copy, value: `${momentOf(state)}: ${state.seen}`, threshold });
      };
      show('good', found.good);
      show('bad', found.bad);
      prove({ what: 'asked', source: copy, value: `${found.asked} times` });
      if (found.silent) throw noAnswer(momentOf(found.silent), found.silent.seen);
      return found;
    });
  }

  /** Whether the check holds there. Fails where it gives no answer. */
  async ask(until: StopPoint, moment: string): Promise<boolean> {
    const { run, plan, spec } = this;
    const { store } = plan;
    this.probes += 1;
    return takeStep(run, `ask ${moment}`, async ({ prove }) => {
      const act = store.nextStep();
      const copy = this.#copy;
      const server = startServer({ store, copy, forMs: serveForMs, waiting: { act, until } });
      try {
        await untilPromoted({
          ...{ name: store.component.name, what: copy, longestPauseMs: leastPauseMs },
          ...{ ended: server.ended, wanted: 'paused' as const },
          inspect: () => store.inspectCopy(copy, inspectWithinMs, act),
        });
        const answer = await this.#acts.askCheck(spec.check, copy);
        if (answer.kind === 'none') throw noAnswer(moment, answer.why);
        const isGood = answer.seen.trim() === spec.check.expect.trim();
        const value = isGood ? answer.seen : `not as expected: ${answer.seen}`;
        prove({ what: 'check', source: copy, value, threshold: spec.check.expect });
        return isGood;
      } finally {
        await server.end();
      }
    });
  }

  async remove(): Promise<void> {
    await removeCopy(this.run, this.plan.store, this.#copy);
  }

  get #acts() {
    return this.run.search(this.plan.store.component);
  }

  async #restore(): Promise<void> {
    const { run, plan, spec } = this;
    const { repository, store } = plan;
    const startedAtMs = Date.now();
    const { copy } = await restoreCopy(run, plan);
    this.restoreMs = Date.now() - startedAtMs;
    this.#copy = copy;
    this.copies += 1;
    const last = this.#history?.last?.lsn;
    const { table, badAtMs, check } = spec;
    await takeStep(run, 'read the log', async ({ prove }) => {
      this.#history = await this.#acts.readHistory({
        ...{ copy, repository },
        ...(table !== undefined && { table: { database: check.database, name: table } }),
        ...(last !== undefined && { untilLsn: last }),
        ...(badAtMs !== undefined && { untilMs: badAtMs }),
      });
      const { remarks } = this.#history;
      prove({ what: 'log', source: repository, value: describeHistory(this.#history) });
      remarks.forEach((remark) => run.note(`${store.component.name}: ${remark}`));
    });
  }
}

function momentOf({ xid }: SeenState): string {
  return xid === undefined ? 'at the end of the set' : `after transaction ${xid}`;
}

function noAnswer(moment: string, why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `the check gives no answer ${moment}: ${why}. It has to answer at every moment: where a table may be missing, ask to_regclass first`,
    failureTypes.notReady,
  );
}
