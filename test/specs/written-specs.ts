/** The least a person has to write. */
export const leastCanary = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'local' },
  release: { version: 'v2', command: ['node', 'server.js'] },
};

export const leastRollback = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'local' },
};
