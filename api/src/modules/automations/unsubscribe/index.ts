export { withUnsubscribeLink } from './unsubscribe-footer.js';
export { unsubscribeLinks, type UnsubscribeLink } from './unsubscribe-links.js';
export { addUnsubscribeRoutes } from './unsubscribe.routes.js';
