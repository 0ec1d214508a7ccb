/** Worst first. */
export const incidentSeverities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;

export type IncidentSeverity = (typeof incidentSeverities)[number];

/** Who does what in an incident. The commander decides, and executes nothing. */
export const incidentRoles = ['commander', 'deputy', 'scribe', 'expert', 'liaison'] as const;

export type IncidentRole = (typeof incidentRoles)[number];

/** What happened when, in the usual order. */
export const incidentMoments = [
  /** Users began to suffer. */
  'impact',
  /** Somebody, or a rule, saw it. */
  'detect',
  'declare',
  'ack',
  /** Users stopped suffering. */
  'mitigated',
  /** The first write after it that was read back. */
  'writeOk',
  /** Traffic is served as before. */
  'trafficOk',
  'resolved',
  /** The newest commit that was recovered: what comes after it is lost. */
  'recoveredTo',
] as const;

export type IncidentMoment = (typeof incidentMoments)[number];

/** What a note of an incident is about: the sections of the postmortem that people fill in. */
export const incidentTopics = [
  'happened',
  'factor',
  'resolution',
  'impact',
  'well',
  'badly',
  'action',
  'timeline',
] as const;

export type IncidentTopic = (typeof incidentTopics)[number];

/** Where an incident stands for the public. */
export const publicStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const;

export type PublicState = (typeof publicStates)[number];
