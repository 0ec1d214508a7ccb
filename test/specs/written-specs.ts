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

/** The same for each kind of deployment on Kubernetes. */
export const leastOnKubernetes = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'kubernetes', namespace: 'shop' },
  release: { image: 'registry.example/shop:v2' },
};
