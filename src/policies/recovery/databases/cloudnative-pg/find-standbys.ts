import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';

/** The instances that follow this primary: ready, and by the word of their own server where it was asked. */
export function findStandbys({ instances }: PostgresClusterFacts, primary: string): string[] {
  return instances
    .filter(({ name, isReady }) => isReady && name !== primary)
    .filter(({ server }) => server === undefined || (!server.isPrimary && server.streams))
    .map(({ name }) => name);
}
