import type {
  ChangeControlState,
  Freeze,
  Permit,
  PermitRequest,
  Scope,
} from '../../../../src/contracts/kernel/change-control.ts';

/** A Sunday. */
export const nowMs = Date.parse('2026-11-29T12:00Z');

function scope(written: string): Scope {
  const [of = '', name = ''] = written.split(' ');
  return { of: of as Scope['of'], name };
}

export function run(written: string, ...scopes: string[]): PermitRequest {
  const [family = '', kind = family] = written.split('/');
  const [first = ''] = scopes;
  const workflowId = `${kind}/prod/${first.split(' ')[1] ?? ''}`;
  return {
    ...{ runRef: `${workflowId} 1`, family, kind, workflowId, firstRunId: 'first' },
    scopes: scopes.map(scope),
  };
}

export const canary = run('rollouts/canary', 'service shop');

export function permitOf(request: PermitRequest): Permit {
  return { ...request, sinceMs: nowMs - 60_000, notes: [] };
}

export function holding(...requests: PermitRequest[]): ChangeControlState {
  return {
    environment: 'prod',
    freezes: [],
    permits: requests.map(permitOf),
    records: [],
    nextFreeze: 1,
  };
}

export function freeze(changes: Partial<Freeze> = {}): Freeze {
  return { id: 1, by: 'ana', why: 'Black Friday', sinceMs: nowMs - 3_600_000, ...changes };
}
