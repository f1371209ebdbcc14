import { expect, it } from 'vitest';
import { prepareRoles } from '../../api/src/platform/database/roles.js';
import { createTestDatabase } from '../support/database.js';

it('processes that serve several databases of one server prepare its roles at the same time', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => createTestDatabase()));
  try {
    for (let round = 0; round < 5; round += 1) {
      const prepared = databases.map(({ owner, url }) => prepareRoles(owner, url));
      await expect(Promise.all(prepared)).resolves.toHaveLength(databases.length);
    }
  } finally {
    await Promise.all(databases.map((database) => database.drop()));
  }
});
