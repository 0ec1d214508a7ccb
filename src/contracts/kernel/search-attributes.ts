/** Workers make sure they exist before they poll. */
export const searchAttributeNames = {
  kind: 'BelayKind',
  service: 'BelayService',
  environment: 'BelayEnvironment',
  version: 'BelayVersion',
  phase: 'BelayPhase',
  outcome: 'BelayOutcome',
  /** `<namespace>/<name>` of each Deployment of the service: alerts name it by these. */
  deployments: 'BelayDeployments',
} as const;

export type SearchAttributeName = (typeof searchAttributeNames)[keyof typeof searchAttributeNames];

export function searchAttributeType(name: SearchAttributeName): 'Keyword' | 'KeywordList' {
  return name === searchAttributeNames.deployments ? 'KeywordList' : 'Keyword';
}
