export * from './ast.js';
export { fold } from './fold.js';
