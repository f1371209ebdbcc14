/** A query to begin with. */
export interface Example {
  label: string;
  query: string;
  variables: Record<string, unknown>;
}

/** What integrators ask first, for this workspace. */
export function examplesFor(workspaceId: string): Example[] {
  return [
    {
      label: 'Newest contacts',
      query: `# The newest contacts of the workspace, with what is known of them.
query NewestContacts($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    name
    contacts(first: 5) {
      edges {
        node {
          id
          identities { kind value }
          attributes { key value since }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`,
      variables: { workspaceId },
    },
    {
      label: 'Count a rule',
      query: `# An exact count, and the count at every condition.
query Count($workspaceId: ID!, $rule: String!) {
  previewSegment(workspaceId: $workspaceId, input: { rule: { text: $rule }, sampleSize: 3 }) {
    sentence
    count { value asOf version source tookMs }
    nodes { path count }
    sample { id identities { kind value } }
  }
}`,
      variables: {
        workspaceId,
        rule: 'event "page_viewed" on "/pricing" in last 30 days and not event "demo_requested"',
      },
    },
    {
      label: 'Segments with their size',
      query: `query Segments($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    segments(first: 10) {
      edges { node { id name sentence size { value source } } }
    }
  }
}`,
      variables: { workspaceId },
    },
    {
      label: 'Record an event',
      query: `# The contact is found by its address, or made.
mutation Record($workspaceId: ID!, $input: EventInput!) {
  recordEvent(workspaceId: $workspaceId, input: $input) {
    status
    contactId
  }
}`,
      variables: {
        workspaceId,
        input: { email: 'ada@example.com', name: 'page_viewed', target: '/pricing' },
      },
    },
    {
      label: 'Usage of this month',
      query: `query Usage($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    usage { totals { metric amount } quotas { metric monthly used } }
  }
}`,
      variables: { workspaceId },
    },
  ];
}
