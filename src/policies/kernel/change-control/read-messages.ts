import {
  scopeKinds,
  type GiveBackInput,
  type LeverInput,
  type Override,
  type PermitParent,
  type PermitRequest,
  type Scope,
  type ScopeKind,
  type ThawInput,
} from '../../../contracts/kernel/change-control.ts';
import { MessageFields, type Read } from './message-fields.ts';

const mostScopes = 10;
const lever = '{"by": "ana", "why": "checkout is down"}';

export function readThaw(given: unknown): Read<ThawInput> {
  const fields = new MessageFields(
    given,
    ['by', 'why', 'freeze', 'all'],
    '{"by": "ana", "freeze": 1}',
  );
  const by = fields.name('by', 'say who thaws');
  const why = fields.optionalText('why');
  const freeze = fields.optionalCount('freeze');
  const all = fields.optionalFlag('all');
  return fields.read({
    by,
    ...(why !== undefined && { why }),
    ...(freeze !== undefined && { freeze }),
    ...(all && { all }),
  });
}

export function readEngageLever(given: unknown): Read<Required<LeverInput>> {
  const fields = new MessageFields(given, ['by', 'why'], lever);
  const by = fields.name('by', 'say who engages the safety lever');
  const why = fields.text('why', 'everybody whose run is stopped is told the reason');
  return fields.read({ by, why });
}

export function readReleaseLever(given: unknown): Read<LeverInput> {
  const fields = new MessageFields(given, ['by', 'why'], lever);
  const by = fields.name('by', 'say who releases the safety lever');
  const why = fields.optionalText('why');
  return fields.read({ by, ...(why !== undefined && { why }) });
}

export function readPermitRequest(given: unknown): Read<PermitRequest> {
  const fields = new MessageFields(
    given,
    [
      ...['runRef', 'family', 'kind', 'workflowId', 'firstRunId', 'runId', 'scopes', 'override'],
      'parent',
    ],
    '{"runRef": "...", "family": "rollouts", "kind": "canary", "workflowId": "...", "firstRunId": "...", "scopes": [{"of": "service", "name": "shop"}]}',
  );
  const request = {
    runRef: fields.name('runRef', 'name the run'),
    family: fields.name('family', 'say which family of runs it belongs to'),
    kind: fields.name('kind', 'say which kind of run it is'),
    workflowId: fields.name('workflowId', 'say which workflow will hold the permit'),
    firstRunId: fields.name('firstRunId', 'say which run of it'),
  };
  const runId = fields.optionalText('runId');
  const scopes = readScopes(fields);
  const override = readOverride(fields);
  const parent = readParent(fields);
  return fields.read({
    ...request,
    ...(runId !== undefined && { runId }),
    scopes,
    ...(override !== undefined && { override }),
    ...(parent !== undefined && { parent }),
  });
}

/** None: it changes nothing by itself, such as a campaign, and meets freezes and the lever all the same. */
function readScopes(fields: MessageFields): Scope[] {
  const list = fields.optionalList('scopes', mostScopes, 0);
  if (list === undefined && !fields.has('scopes')) {
    fields.problems.push('scopes is missing; say what the run changes');
  }
  return (list ?? []).flatMap((given) => {
    const scope = new MessageFields(given, ['of', 'name'], '{"of": "service", "name": "shop"}');
    const of = scope.name('of', `send one of ${scopeKinds.join(', ')}`);
    const name = scope.name('name', 'name what the run changes');
    if (of !== '' && !isScopeKind(of)) {
      scope.problems.push(`of is ${JSON.stringify(of)}; send one of ${scopeKinds.join(', ')}`);
    }
    fields.problems.push(...scope.problems.map((problem) => `scopes: ${problem}`));
    return isScopeKind(of) ? [{ of, name }] : [];
  });
}

function isScopeKind(of: string): of is ScopeKind {
  return (scopeKinds as readonly string[]).includes(of);
}

function readOverride(fields: MessageFields): Override | undefined {
  const given = fields.optionalMapping('override');
  if (given === undefined) return undefined;
  const override = new MessageFields(given, ['by', 'why'], lever);
  const read = {
    by: override.name('by', 'say who overrides the freeze'),
    why: override.text('why', 'say why'),
  };
  fields.problems.push(...override.problems.map((problem) => `override: ${problem}`));
  return read;
}

function readParent(fields: MessageFields): PermitParent | undefined {
  const given = fields.optionalMapping('parent');
  if (given === undefined) return undefined;
  const example = '{"workflowId": "rollout/prod/shop", "runRef": "..."}';
  const parent = new MessageFields(given, ['workflowId', 'runRef'], example);
  const read = {
    workflowId: parent.name('workflowId', 'say which workflow has started the run'),
    runRef: parent.name('runRef', 'say which run of it'),
  };
  fields.problems.push(...parent.problems.map((problem) => `parent: ${problem}`));
  return read;
}

export function readGiveBack(given: unknown): Read<GiveBackInput> {
  const fields = new MessageFields(given, ['runRef', 'runId'], '{"runRef": "..."}');
  const runRef = fields.name('runRef', 'name the run');
  const runId = fields.optionalText('runId');
  return fields.read({ runRef, ...(runId !== undefined && { runId }) });
}
