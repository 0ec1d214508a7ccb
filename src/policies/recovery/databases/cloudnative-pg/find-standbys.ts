import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../contracts/recovery/postgres-cluster.ts';

/** The instances that follow this primary: ready, and by the word of their own server where it may be asked. */
export function findStandbys({ instances }: PostgresClusterFacts, primary: string): Instance[] {
  return instances.filter((each) => each.isReady && each.name !== primary && mayStream(each));
}

function mayStream({ server, whyNoServer }: Instance): boolean {
  return server === undefined ? whyNoServer === undefined : !server.isPrimary && server.streams;
}
