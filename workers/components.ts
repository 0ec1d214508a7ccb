import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import type { Clusters } from '../src/adapters/kubernetes-api/clusters.ts';
import type { LedgerDatabase } from '../src/adapters/ledger/open-ledger.ts';
import type { LocalPlatform } from '../src/adapters/local-platform/local-platform.ts';
import type { Redis } from '../src/adapters/redis/open-redis.ts';
import { readServerVersion } from '../src/adapters/temporal/server-version.ts';
import type { Config } from '../src/config/config.ts';
import { homeLayout } from '../src/config/home.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import type { Component } from '../src/health/check-components.ts';

const answerWithinMs = 2_000;

/** Without it nothing begins, and nothing that is under way goes on. */
export function temporalComponent(client: Client, guard: Guard): Component {
  return {
    name: 'temporal',
    isRequired: true,
    ask: () => readServerVersion(client, guard),
  };
}

export interface PlatformParts {
  local: Pick<LocalPlatform, 'listServices'>;
  clusters: Pick<Clusters, 'of' | 'inUse'>;
}

/**
 * A platform that the settings name is required: without it a worker can do nothing there. One
 * that was only found, or that a spec names, is told of and no more.
 */
export async function platformComponents(
  config: Pick<Config, 'home' | 'localPlatform' | 'kubernetes'>,
  { local, clusters }: PlatformParts,
): Promise<Component[]> {
  const isNamed = config.localPlatform.url !== undefined;
  const isHere = isNamed || existsSync(homeLayout(config.home).platformRun);
  return [
    ...(isHere ? [localComponent(local, isNamed)] : []),
    ...(await clusterComponents(config, clusters)),
  ];
}

function localComponent(local: PlatformParts['local'], isRequired: boolean): Component {
  return {
    name: 'local-platform',
    isRequired,
    ask: async () => `${(await local.listServices()).length} services`,
  };
}

/** The cluster of the settings, and those that were asked for since. */
async function clusterComponents(
  { kubernetes }: Pick<Config, 'kubernetes'>,
  clusters: PlatformParts['clusters'],
): Promise<Component[]> {
  const isNamed =
    kubernetes.kubeconfig !== undefined || process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  let main: unknown;
  try {
    main = isNamed ? await clusters.of(undefined) : undefined;
  } catch (error) {
    return [{ name: 'kubernetes', isRequired: true, ask: () => Promise.reject(asError(error)) }];
  }
  return [...clusters.inUse()].map(([context, cluster]) => ({
    name: `kubernetes/${context}`,
    isRequired: cluster === main,
    ask: () => cluster.readVersion(answerWithinMs),
  }));
}

/** Not required: runs act without it, and an alert aborts the open rollout without it. */
export function ledgerComponent({
  check,
  place,
}: Pick<LedgerDatabase, 'check' | 'place'>): Component {
  return {
    name: 'ledger',
    isRequired: false,
    ask: async () => {
      await check();
      return place;
    },
  };
}

/** Not required: without it, processes ask more often, and wait for their own answers. */
export function redisComponent({ check, place }: Pick<Redis, 'check' | 'place'>): Component {
  return {
    name: 'redis',
    isRequired: false,
    ask: async () => {
      await check();
      return place;
    },
  };
}

/** Without it the holds that ask it go without data, and undos work. */
export function prometheusComponent(checkServer: (timeoutMs: number) => Promise<void>): Component {
  return {
    name: 'prometheus',
    isRequired: false,
    ask: async () => {
      await checkServer(answerWithinMs);
      return 'answers queries';
    },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
