import { Context } from '@temporalio/activity';
import type { Fence } from '../src/contracts/fence.ts';
import type { LeftoverActivities, SweepReport, SweptRollout } from '../src/contracts/leftovers.ts';
import type { Ledger } from '../src/contracts/ledger.ts';
import type {
  Owner,
  Platform,
  Platforms,
  ServiceRef,
  ServiceState,
} from '../src/contracts/platform.ts';
import { reportOfDeadRollout } from '../src/policies/report/dead-rollout.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { whileHeartbeating } from './heartbeating.ts';

export interface SweepDependencies {
  platforms: Platforms;
  ledger: Ledger;
  /** Asks Temporal for this workflow by its ID, since its list lags. */
  isRunning(workflowId: string): Promise<boolean>;
}

type Owned = ServiceRef & { owner: Owner };

export function createLeftoverActivities(dependencies: SweepDependencies): LeftoverActivities {
  return {
    sweepLeftovers: (patrol) =>
      whileHeartbeating(async () => {
        const report: SweepReport = { sweeps: 0, swept: [], failed: [] };
        const endsAtMs = Date.now() + (patrol?.forMs ?? 0);
        for (;;) {
          await sweepOnce(dependencies, report);
          if (patrol === undefined || Date.now() + patrol.everyMs > endsAtMs) return report;
          await Context.current().sleep(patrol.everyMs);
        }
      }),
  };
}

async function sweepOnce(dependencies: SweepDependencies, report: SweepReport): Promise<void> {
  report.sweeps += 1;
  report.failed = [];
  for (const [name, platform] of Object.entries(dependencies.platforms)) {
    try {
      for (const owned of await platform.listOwned()) {
        await sweepService(platform, owned, dependencies, report);
      }
    } catch (error) {
      report.failed.push({ where: name, error: String(error) });
    }
  }
}

async function sweepService(
  platform: Platform,
  owned: Owned,
  { isRunning, ledger }: SweepDependencies,
  report: SweepReport,
): Promise<void> {
  const { owner, service, environment } = owned;
  try {
    const askedAtMs = Date.now();
    if (await isRunning(owner.workflowId)) return;
    const step = Math.max(owner.step + 1, askedAtMs);
    await removeLeftovers(platform, owned, { rolloutId: owner.rolloutId, step }, ledger);
    const { workflowId, rolloutId } = owner;
    report.swept.push({ workflowId, rolloutId, service, environment } satisfies SweptRollout);
  } catch (error) {
    report.failed.push({ where: owner.workflowId, error: String(error) });
  }
}

/**
 * Acts in the dead rollout's own name, with a step above any that it can have handed out before it
 * was found dead, and below those of whoever claims the service from then on. Reports first: once the
 * canary is gone nobody can tell what it was. Lets go last: nobody finds it afterwards.
 */
async function removeLeftovers(
  platform: Platform,
  owned: Owned,
  fence: Fence,
  ledger: Ledger,
): Promise<void> {
  const { owner } = owned;
  const before = await platform.readService(owned);
  if (before === undefined) return;
  const reported = reportOnce(ledger, before, owner);
  await reported.catch(() => 'thrown once nothing is left');
  await clearLeftovers(platform, owned, fence, before);
  await reported;
  await platform.letGo(owned, fence);
}

async function reportOnce(ledger: Ledger, found: ServiceState, owner: Owner): Promise<void> {
  const known = await ledger.list(found);
  if (known.some(({ rolloutId }) => rolloutId === owner.rolloutId)) return;
  await ledger.append(reportOfDeadRollout(found, owner, Date.now()));
}
