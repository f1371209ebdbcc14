/** Where a browser reached us. */
export interface Reached {
  /** `http` or `https`. */
  protocol: string;
  /** With the port, if it is not the protocol's own. */
  host: string;
}

/**
 * What `@segment/analytics-next` loads before it sends anything: where to send, and that there is nothing else to load.
 * It sends to wherever it found this, so a site may reach Coterie under a name of its own.
 * Its own measurements (`metrics`) are off: they would go to Segment.
 */
export function segmentSettings(writeKey: string, { protocol, host }: Reached): object {
  const enabled = { enabled: true, integrations: {} };
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: enabled },
      identify: { __default: enabled },
      group: { __default: enabled },
    },
    metrics: { sampleRate: 0 },
    middlewareSettings: {},
    enabledMiddleware: {},
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
