/** Who may import whom; ARCHITECTURE.md says why. */
const modulesAbove = {
  '(access|workspaces)':
    '(usage|audit|idempotency|attributes|companies|contacts|consent|signals|ingestion|forms|email-engagement|imports|privacy|retention|segments|computed-attributes|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  '(attributes|companies|consent|contacts)':
    '(signals|ingestion|forms|email-engagement|imports|privacy|retention|segments|computed-attributes|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  signals:
    '(ingestion|forms|email-engagement|imports|privacy|retention|segments|computed-attributes|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  '(ingestion|forms|email-engagement|imports|segments)':
    '(privacy|retention|computed-attributes|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  retention: '(privacy|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  privacy: '(retention|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  ingestion: '(forms|email-engagement)',
  exports:
    '(ingestion|forms|email-engagement|imports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
  'ad-files':
    '(ingestion|forms|email-engagement|imports|segments|computed-attributes|exports|lookalikes|destinations|audiences|automations|blueprints|overview)',
  destinations:
    '(attributes|companies|contacts|consent|signals|ingestion|forms|email-engagement|imports|privacy|retention|segments|computed-attributes|exports|ad-files|lookalikes|audiences|automations|blueprints|overview)',
  lookalikes: '(destinations|audiences|automations|blueprints|overview)',
  audiences: '(automations|blueprints|overview)',
  automations: '(blueprints|overview)',
  '(usage|audit|idempotency)':
    '(attributes|companies|contacts|consent|signals|ingestion|forms|email-engagement|imports|privacy|retention|segments|computed-attributes|exports|ad-files|lookalikes|destinations|audiences|automations|blueprints|overview)',
};

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'packages-are-pure',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/client/codegen' },
      to: {
        path: '^(api|dashboard|test|infra)/|node_modules/(pg|typeorm|redis|fastify|vue|@apollo|undici|type-graphql)/',
      },
    },
    {
      name: 'tracker-imports-nothing',
      severity: 'error',
      from: { path: '^packages/tracker/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/tracker/src/' },
    },
    {
      name: 'dashboard-knows-client-and-rules',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^(api|test|infra)/|^packages/(?!client|rules)' },
    },
    {
      name: 'platform-knows-no-module',
      severity: 'error',
      from: { path: '^api/src/platform/' },
      to: { path: '^api/src/modules' },
    },
    {
      name: 'modules-are-entered-through-their-index',
      severity: 'error',
      from: { path: '^api/src/modules/([^/]+)/' },
      to: {
        path: '^api/src/modules/([^/]+)/',
        pathNot: ['^api/src/modules/$1/', '^api/src/modules/[^/]+/index\\.ts$'],
      },
    },
    ...Object.entries(modulesAbove).map(([from, to], index) => ({
      name: `modules-in-one-direction-${index + 1}`,
      severity: 'error',
      from: { path: `^api/src/modules/${from}/` },
      to: { path: `^api/src/modules/${to}/` },
    })),
    {
      name: 'demo-is-a-client-of-the-public-api',
      severity: 'error',
      from: { path: '^api/src/modules/demo/' },
      to: { path: '^api/src/', pathNot: '^api/src/modules/demo/' },
    },
    {
      name: 'database-only-in-its-places',
      severity: 'error',
      from: {
        path: '^api/src/',
        pathNot: [
          '^api/src/platform/',
          '\\.(entity|repository)\\.ts$',
          '^api/src/modules/(access|workspaces)/',
          '^api/src/app\\.ts$',
        ],
      },
      to: { path: 'node_modules/(typeorm|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'type-graphql-only-in-its-places',
      severity: 'error',
      from: { path: '^api/src/', pathNot: ['\\.(types|resolver)\\.ts$', '^api/src/platform/graphql/'] },
      to: { path: 'node_modules/type-graphql/' },
    },
    {
      name: 'use-cases-know-no-edge',
      severity: 'error',
      from: {
        path: '^api/src/modules/',
        pathNot: ['\\.(types|resolver|routes|job)\\.ts$', '/index\\.ts$', '\\.test\\.ts$'],
      },
      to: { path: '\\.(resolver|routes|job)\\.ts$' },
    },
    {
      name: 'types-know-no-entity',
      severity: 'error',
      from: { path: '\\.types\\.ts$' },
      to: { path: '\\.entity\\.ts$' },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^dashboard/src/ui/' },
      to: { path: '^dashboard/src/(features|app|shared)/' },
    },
    {
      name: 'shared-knows-no-feature',
      severity: 'error',
      from: { path: '^dashboard/src/shared/' },
      to: { path: '^dashboard/src/(features|app)/' },
    },
    {
      name: 'features-know-no-frame',
      severity: 'error',
      from: { path: '^dashboard/src/features/' },
      to: { path: '^dashboard/src/app/' },
    },
    {
      name: 'features-stay-apart',
      severity: 'error',
      from: { path: '^dashboard/src/features/([^/]+)/' },
      to: { path: '^dashboard/src/features/([^/]+)/', pathNot: '^dashboard/src/features/$1/' },
    },
    {
      name: 'no-source-imports-tests',
      severity: 'error',
      from: { path: '^(api|dashboard|packages)/.*src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.vue'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
