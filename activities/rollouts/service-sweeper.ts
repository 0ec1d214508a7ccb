import type { Fence } from '../../src/contracts/kernel/fence.ts';
import type { Leftover, Sweeper } from '../../src/contracts/kernel/leftovers.ts';
import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import type { Owner, Platform, ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { reportOfDeadRollout } from '../../src/policies/rollouts/dead-rollout.ts';
import { clearLeftovers } from './support/clear-leftovers.ts';

interface OwnedService extends Leftover {
  platform: Platform;
  service: ServiceRef & { owner: Owner };
}

export interface ServiceSweepDependencies {
  /** Every place that a spec may name, by what reports call it. */
  platforms: Readonly<Record<string, Platform>>;
  ledger: Ledger;
}

/** Clears services that a dead rollout claimed: traffic to stable first, verified. */
export function createServiceSweeper({
  platforms,
  ledger,
}: ServiceSweepDependencies): Sweeper<OwnedService> {
  const places = Object.entries(platforms).map(
    ([name, platform]) => [name, () => listOwned(platform)] as const,
  );
  return {
    name: 'services',
    places: Object.fromEntries(places),
    clear: (leftover, fence, nowMs) => clearService(leftover, fence, { ledger, nowMs }),
  };
}

async function listOwned(platform: Platform): Promise<OwnedService[]> {
  const owned = await platform.listOwned();
  return owned.map((service) => {
    const { workflowId, rolloutId, step } = service.owner;
    return {
      ...{ platform, service },
      owner: { workflowId, runRef: rolloutId, step },
      subject: { environment: service.environment, name: service.service },
    };
  });
}

/**
 * Reports first: once the canary is gone nobody can tell what it was. Releases the service last:
 * nobody finds it afterwards.
 */
async function clearService(
  { platform, service }: OwnedService,
  fence: Fence,
  { ledger, nowMs }: { ledger: Ledger; nowMs: () => number },
): Promise<void> {
  const before = await platform.readService(service);
  if (before === undefined) return;
  const reported = reportOnce(ledger, reportOfDeadRollout(before, service.owner, nowMs()));
  await reported.catch(() => 'thrown once nothing is left');
  await clearLeftovers(platform, service, fence, before);
  await reported;
  await platform.releaseService(service, fence);
}

async function reportOnce(ledger: Ledger, report: RolloutReport): Promise<void> {
  const known = await ledger.list({ runRef: report.runRef, limit: 1 });
  if (known.length > 0) return;
  await ledger.append(report);
}
