import {
  CancellationScope,
  ParentClosePolicy,
  proxyActivities,
  rootCause,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  CatalogueActivities,
  CatalogueFact,
} from '../../../src/contracts/backups/catalogue.ts';
import { writeFactsWorkflowType } from '../../../src/kinds/workflow-types.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** The second attempt is for a worker that died in the first. */
const { recordFacts } = proxyActivities<CatalogueActivities>({
  startToCloseTimeout: '5 s',
  retry: { initialInterval: '500 ms', maximumAttempts: 2 },
});

/** Each call carries no more. */
const mostAtOnce = 500;

/** What a run has to tell the catalogue. No act waits for that, and nothing of it is lost. */
export class PendingFacts {
  readonly #unwritten: CatalogueFact[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown;

  /** Returns at once. */
  add(facts: readonly CatalogueFact[]): void {
    if (facts.length === 0) return;
    this.#unwritten.push(...facts);
    this.#writing ??= CancellationScope.nonCancellable(() => this.#write());
  }

  /** Whether all of them were written. */
  async settle(): Promise<boolean> {
    await this.#writing;
    return this.#unwritten.length === 0;
  }

  /** Has workflows of their own write what is left, so that the run can end. Returns what to say of it. */
  async handOver(runRef: string): Promise<string[]> {
    if (await this.settle()) return [];
    const left = chunks(this.#unwritten);
    const why = rootCause(this.#failure) ?? String(this.#failure);
    return Promise.all(left.map((facts, index) => writeLater(facts, { runRef, index, why })));
  }

  async #write(): Promise<void> {
    try {
      while (this.#unwritten.length > 0) {
        const some = this.#unwritten.slice(0, mostAtOnce);
        await recordFacts.executeWithOptions({ summary: `${some.length} facts` }, [some]);
        this.#unwritten.splice(0, some.length);
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#writing = undefined;
    }
  }
}

interface Later {
  runRef: string;
  index: number;
  why: string;
}

async function writeLater(
  facts: readonly CatalogueFact[],
  { runRef, index, why }: Later,
): Promise<string> {
  const workflowId = ['write-facts', runRef, workflowInfo().runId, index + 1].join('/');
  const what = `${facts.length} facts are not in the catalogue yet`;
  try {
    await startChild(writeFactsWorkflowType, {
      workflowId,
      args: [facts],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Writes what ${runRef} found out about sets into the catalogue once it can be used`,
    });
    return `${what}, and ${workflowId} writes them: ${why}`;
  } catch (failed) {
    return `${what}: ${why}; nobody writes them later: ${reasonOf(failed)}`;
  }
}

function chunks(facts: readonly CatalogueFact[]): CatalogueFact[][] {
  return Array.from({ length: Math.ceil(facts.length / mostAtOnce) }, (_, index) =>
    facts.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );
}
