/** All of type Keyword. Workers make sure they exist before they poll. */
export const searchAttributeNames = {
  kind: 'BelayKind',
  service: 'BelayService',
  environment: 'BelayEnvironment',
  version: 'BelayVersion',
  phase: 'BelayPhase',
  outcome: 'BelayOutcome',
} as const;
