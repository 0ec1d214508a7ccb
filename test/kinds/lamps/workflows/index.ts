export { lightLamps } from './light-lamps.ts';
