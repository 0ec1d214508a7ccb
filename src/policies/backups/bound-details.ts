import type { BackupDetails } from '../../contracts/backups/details.ts';

const mostListed = 1_000;

/** What a report carries: what was changed first, then the newest; the counts are in its reason. */
export function boundDetails(details: BackupDetails): BackupDetails {
  const { retention, sets, checks, differences } = details;
  const expiring = retention?.filter(({ fate }) => fate !== 'kept') ?? [];
  const kept = retention?.filter(({ fate }) => fate === 'kept') ?? [];
  const rest = Math.max(0, mostListed - expiring.length);
  return {
    ...details,
    ...(retention !== undefined &&
      retention.length > mostListed && {
        retention: [...expiring.slice(0, mostListed), ...(rest === 0 ? [] : kept.slice(-rest))],
      }),
    ...(sets !== undefined && { sets: sets.slice(-mostListed) }),
    ...(checks !== undefined && { checks: checks.slice(-mostListed) }),
    ...(differences !== undefined && { differences: differences.slice(0, mostListed) }),
  };
}
