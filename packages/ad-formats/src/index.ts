export { isEmail } from './normalise.js';
