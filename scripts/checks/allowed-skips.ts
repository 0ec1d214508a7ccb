/** Tests that may be skipped, and why. In CI any other skipped test is a failure. */
interface AllowedSkip {
  /** The start of the files' paths. */
  files: string;
  platform: NodeJS.Platform;
  why: string;
}

const allowedSkips: AllowedSkip[] = [
  {
    files: 'test/kubernetes/',
    platform: 'darwin',
    why: 'the one-node cluster runs only on Linux',
  },
  {
    files: 'test/scripts/one-node-cluster/',
    platform: 'darwin',
    why: 'the one-node cluster runs only on Linux',
  },
  {
    files: 'test/temporal-on-postgres/',
    platform: 'darwin',
    why: 'PostgreSQL comes from a Debian package',
  },
  {
    files: 'test/contracts/ledger/',
    platform: 'darwin',
    why: 'PostgreSQL comes from a Debian package',
  },
  {
    files: 'test/prometheus/',
    platform: 'darwin',
    why: 'Prometheus and Alertmanager come from Debian packages',
  },
  ...[
    'test/fixtures/backups/',
    'test/agent/backups/',
    'test/adapters/pgbackrest/',
    'test/adapters/postgres/',
    'test/adapters/restic/',
    'test/adapters/kubernetes-objects/',
    'test/workflows/backups/',
    'test/e2e/crash/backups/',
    'test/cli/backups-postgres',
  ].map((files): AllowedSkip => ({
    files,
    platform: 'darwin',
    why: 'PostgreSQL, pgBackRest and restic come from Debian packages',
  })),
  {
    files: 'test/adapters/restic/',
    platform: 'darwin',
    why: 'restic comes from a Debian package',
  },
  {
    files: 'test/adapters/routers/',
    platform: 'darwin',
    why: 'PostgreSQL, PgBouncer and BIND come from Debian packages',
  },
  {
    files: 'test/deploy/',
    platform: 'darwin',
    why: 'promtool comes from a Debian package',
  },
];

export interface JudgedSkips {
  /** With the reason. */
  allowed: string[];
  refused: string[];
}

/** Sorts the titles of skipped tests, which start with their file, by whether the skip is allowed. */
export function judgeSkips(
  skipped: readonly string[],
  platform: NodeJS.Platform = process.platform,
): JudgedSkips {
  const allowed: string[] = [];
  const refused: string[] = [];
  for (const title of skipped) {
    const entry = allowedSkips.find(
      ({ files, platform: on }) => on === platform && title.startsWith(files),
    );
    if (entry === undefined) refused.push(title);
    else allowed.push(`${title}: ${entry.why}`);
  }
  return { allowed, refused };
}
