import type { IncidentFacts } from '../../../../src/contracts/recovery/incident.ts';
import type { IncidentVerb } from '../../../../src/kinds/incident-verbs.ts';
import type {
  IncidentMoment,
  IncidentRole,
  IncidentSeverity,
  IncidentTopic,
  PublicState,
} from '../../../../src/kinds/incident-words.ts';
import { readMoment } from '../../../../src/policies/kernel/change-control/read-moment.ts';
import { correctMoment } from '../../../../src/policies/recovery/incidents/moments.ts';
import {
  acknowledge,
  assignRole,
  endAlert,
  finishPostmortem,
  mitigate,
  publish,
  resolve,
  tellUpdate,
  writeNote,
  type Said,
} from '../../../../src/policies/recovery/incidents/people-acts.ts';
import type { AcceptedVerb, VerbActs } from '../../../kernel/register-verbs.ts';
import { verbActs } from '../../../kernel/verb-acts.ts';
import type { IncidentRun } from './incident-run.ts';
import { takeIn } from './take-in.ts';

type Acts = Record<IncidentVerb, VerbActs<IncidentRun>[string]>;

/** What the verbs do: each changes the facts, and the story goes on from there. */
export function incidentVerbActs(run: IncidentRun): Acts {
  const common = verbActs(run.mailbox);
  return {
    declare: (incident, { input, by }) => {
      const { summary = '', severity, request, alert, detectedAt } = input.with ?? {};
      const joining = {
        ...{ atMs: Date.now(), by, summary },
        ...(severity !== undefined && { severity: severity as IncidentSeverity }),
        ...(request !== undefined && { requestId: request }),
        ...(alert !== undefined && { alert }),
        ...(detectedAt !== undefined && { detectedAtMs: momentIn(detectedAt) }),
      };
      takeIn(incident, joining);
    },
    ack: changing((facts, said) => acknowledge(facts, said), 'incident-update'),
    assign: changing(
      (facts, said, { role, person = '' }) =>
        assignRole(facts, { role: role as IncidentRole, person }, said),
      'incident-update',
    ),
    escalate: (incident, { sender }) => {
      incident.wantEscalation(sender);
    },
    update: changing(
      (facts, said, { text = '', severity }) =>
        tellUpdate(
          facts,
          { text, ...(severity !== undefined && { severity: severity as IncidentSeverity }) },
          said,
        ),
      'incident-update',
    ),
    publish: changing((facts, said, { text = '', state, title }) =>
      publish(
        facts,
        { text, state: state as PublicState, ...(title !== undefined && { title }) },
        said,
      ),
    ),
    note: changing((facts, { atMs, by }, { about, text = '', owner, due, at }) =>
      writeNote(facts, {
        ...{ about: about as IncidentTopic, text, by, atMs },
        ...(at !== undefined && { happenedAtMs: momentIn(at) }),
        ...(owner !== undefined && { owner }),
        ...(due !== undefined && { due }),
      }),
    ),
    correct: changing((facts, { atMs, by, why }, { moment, at = '' }) =>
      correctMoment(facts, moment as IncidentMoment, {
        ...{ happenedAtMs: momentIn(at), recordedAtMs: atMs, by },
        ...(why !== undefined && { why }),
      }),
    ),
    mitigate: changing(
      (facts, said, { at }) => mitigate(facts, { happenedAtMs: momentIn(at) }, said),
      'incident-mitigated',
    ),
    resolve: changing((facts, said, { at }) =>
      resolve(facts, { happenedAtMs: momentIn(at) }, said),
    ),
    postmortem: changing((facts, said, { link }) => finishPostmortem(facts, link, said)),
    alertEnded: changing((facts, said, { alert = '' }) => endAlert(facts, alert, said)),
    withdraw: (incident, { sender }) => {
      incident.interrupt({ outcome: 'Withdrawn', reason: `Withdrawn by ${sender}` });
    },
    retry: (incident, verb) => common['retry']?.(incident, verb),
    giveUp: (incident, verb) => common['giveUp']?.(incident, verb),
  };
}

type Change = (
  facts: IncidentFacts,
  said: Said,
  given: Readonly<Record<string, string | undefined>>,
) => IncidentFacts;

/** `event`: people are told of it. */
function changing(change: Change, event?: Parameters<IncidentRun['announce']>[0]) {
  return (run: IncidentRun, { input, by }: AcceptedVerb): void => {
    const said = {
      ...{ atMs: Date.now(), by },
      ...(input.why !== undefined && { why: input.why }),
    };
    run.change(change(run.known, said, input.with ?? {}));
    if (event !== undefined) run.announce(event);
  };
}

/** It was judged with the verb; left out, it is now. */
function momentIn(written: string | undefined): number {
  const read = written === undefined ? undefined : readMoment(written);
  return read !== undefined && 'ms' in read ? read.ms : Date.now();
}
