import type { IncidentPhase } from './incident-phases.ts';
import {
  incidentMoments,
  incidentRoles,
  incidentSeverities,
  incidentTopics,
  publicStates,
} from './incident-words.ts';
import type { VerbDefinition } from './kind.ts';
import { runVerbs } from './run-verbs.ts';

/** What people, alerts and other runs may ask of an open incident. */
export type IncidentVerb =
  | 'declare'
  | 'ack'
  | 'assign'
  | 'escalate'
  | 'update'
  | 'publish'
  | 'note'
  | 'correct'
  | 'mitigate'
  | 'resolve'
  | 'postmortem'
  | 'alertEnded'
  | 'withdraw'
  | 'retry'
  | 'giveUp';

const burning: readonly IncidentPhase[] = ['unacknowledged', 'acknowledged', 'overdue'];
const unresolved: readonly IncidentPhase[] = [...burning, 'mitigated'];
const open: readonly IncidentPhase[] = [...unresolved, 'resolved'];

const below = 'incident';

export const incidentVerbs: Readonly<Record<IncidentVerb, VerbDefinition<IncidentPhase>>> = {
  declare: {
    below,
    meaning:
      'declare an incident, or join the open one; one that was mitigated or resolved begins again',
    // One that comes too late to join begins the next incident of that name.
    during: ['starting', ...open, 'undoing', 'undo-failed', 'closed'],
    otherwise: 'The incident is closed',
    with: {
      summary: { meaning: 'what is wrong, in one line', required: true },
      severity: {
        meaning: 'a severity; the worse of this and the present one counts',
        oneOf: incidentSeverities,
      },
      request: {
        meaning: 'the ID of the request, so that the one that started it is told from others',
      },
      alert: { meaning: 'the ID of an alert that is part of it' },
      detectedAt: { meaning: 'when the alert began to fire, with its offset', form: 'moment' },
    },
    examples: ['-e prod --service shop --severity sev2 --summary "checkout returns 500"'],
  },
  ack: {
    below,
    meaning: 'acknowledge it: somebody is working on it, and the escalation stops',
    during: ['unacknowledged', 'overdue'],
    otherwise: 'Nothing waits for an acknowledgement',
    needsName: true,
    examples: ['shop', 'prod/shop --as ana'],
  },
  assign: {
    below,
    meaning: 'hand a role over',
    during: open,
    otherwise: 'The incident is closed',
    needsName: true,
    with: {
      role: { meaning: 'the role', oneOf: incidentRoles, required: true },
      person: { meaning: 'who has it from now on', required: true },
    },
    examples: ['shop --role commander --person ana'],
  },
  escalate: {
    below,
    meaning: 'notify the next level of the escalation now',
    during: burning,
    otherwise: 'There is nothing to escalate',
    needsName: true,
    examples: ['shop --why "the database team is needed"'],
  },
  update: {
    below,
    meaning: 'tell how it stands; may change the severity',
    during: unresolved,
    otherwise: 'The incident is over',
    needsName: true,
    with: {
      text: { meaning: 'how it stands', required: true },
      severity: { meaning: 'the severity from now on', oneOf: incidentSeverities },
    },
    examples: [
      'shop --text "rolled back, error rate falls"',
      'shop --severity sev1 --text "all regions"',
    ],
  },
  publish: {
    below,
    meaning:
      'put words on the status page: they are for everybody, and nothing else of an incident is',
    during: open,
    otherwise: 'The incident is closed',
    needsName: true,
    with: {
      text: { meaning: 'what everybody may read', required: true },
      state: { meaning: 'where it stands for the public', oneOf: publicStates, required: true },
      title: { meaning: 'what the public knows it by (default: as before)' },
    },
    examples: [
      'shop --state investigating --title "Checkout fails" --text "Some orders cannot be paid."',
      'shop --state resolved --text "Orders can be paid again."',
    ],
  },
  note: {
    below,
    meaning: 'write something down for the postmortem',
    during: open,
    otherwise: 'The incident is closed',
    needsName: true,
    with: {
      about: { meaning: 'the section that it belongs to', oneOf: incidentTopics, required: true },
      text: { meaning: 'what is to be written down', required: true },
      owner: { meaning: 'of an action: who does it' },
      due: { meaning: 'of an action: by when', form: 'date' },
      at: { meaning: 'when it happened, with its offset (default: now)', form: 'moment' },
    },
    examples: [
      'shop --about factor --text "no alert on the queue"',
      'shop --about action --text "alert on the queue" --owner ana --due 2026-12-24',
    ],
  },
  correct: {
    below,
    meaning: 'correct when something happened; what was recorded before is kept',
    during: open,
    otherwise: 'The incident is closed',
    needsName: true,
    with: {
      moment: { meaning: 'which moment', oneOf: incidentMoments, required: true },
      at: { meaning: 'when it happened, with its offset', form: 'moment', required: true },
    },
    examples: ['shop --moment impact --at 2026-12-24T17:00Z --why "first error in the log"'],
  },
  mitigate: {
    below,
    meaning: 'users do not suffer any more',
    during: burning,
    otherwise: 'It is not burning',
    needsName: true,
    with: { at: { meaning: 'since when, with its offset (default: now)', form: 'moment' } },
    examples: ['shop --why "rolled back"'],
  },
  resolve: {
    below,
    meaning: 'it is over; what is left is the postmortem, where its severity asks for one',
    during: unresolved,
    otherwise: 'It is resolved already',
    needsName: true,
    with: { at: { meaning: 'since when, with its offset (default: now)', form: 'moment' } },
    examples: ['shop --why "the disk was replaced"'],
  },
  postmortem: {
    below,
    meaning:
      'print the draft of the postmortem; --done says that it is written, and closes the incident',
    during: ['resolved'],
    otherwise: 'A postmortem can be done only when the incident is resolved',
    needsName: true,
    with: { link: { meaning: 'where the postmortem is', form: 'link' } },
    examples: [
      'shop',
      'shop --out postmortem.md',
      'shop --done --link https://wiki.example.com/pm-12',
    ],
  },
  alertEnded: {
    below,
    meaning: 'an alert that is part of it does not fire any more',
    during: open,
    otherwise: 'The incident is closed',
    with: { alert: { meaning: 'the ID of the alert', required: true } },
    examples: [],
  },
  withdraw: {
    below,
    meaning: 'it was a false alarm: closes the incident and undoes what it did',
    during: ['starting', ...open],
    otherwise: 'The incident is closed',
    needsName: true,
    endsRun: true,
    examples: ['shop --why "a test alert"'],
  },
  retry: { ...runVerbs.retry, during: ['undo-failed'] },
  giveUp: { ...runVerbs.giveUp, during: ['undo-failed'] },
};
