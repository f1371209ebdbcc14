import 'reflect-metadata';
import { graphql } from 'graphql';
import { Field, FieldResolver, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { Access, Readable, type Authorise } from './access.js';
import { buildCoterieSchema } from './schema.js';

@ObjectType({ description: 'Something to see.' })
@Readable(null)
class Open {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'Something nobody said who may see.' })
class Forgotten {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'Something that only keys with a scope may see.' })
@Readable('contacts:read')
class Guarded {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'A workspace.' })
@Readable(null)
class Workspace {
  @Field(() => String, { description: 'Its id.' })
  @Access({ kind: 'parent' })
  id!: string;
}

class Honest {
  @Access({ kind: 'public' })
  open(): Open {
    return { name: 'open' };
  }

  @Access({ kind: 'public' })
  guarded(): Guarded {
    return { name: 'guarded' };
  }
}
Resolver()(Honest);
Query(() => Open)(Honest.prototype, 'open', {});
Query(() => Guarded)(Honest.prototype, 'guarded', {});

const everybody: Authorise = async (context) => context;

describe('a schema', () => {
  it('starts when every operation declares its access and every type its scope', async () => {
    await expect(buildCoterieSchema([new Honest()], everybody)).resolves.toBeDefined();
  });

  it('does not start with a query that declares no access', async () => {
    @Resolver()
    class Careless {
      @Query(() => Open)
      open(): Open {
        return { name: 'open' };
      }
    }
    await expect(buildCoterieSchema([new Careless()], everybody)).rejects.toThrow(/@Access.*: Query\.open/);
  });

  it('does not start with a mutation that declares no access, and names all that do not', async () => {
    @Resolver()
    class Careless {
      @Mutation(() => Boolean)
      first(): boolean {
        return true;
      }

      @Mutation(() => Boolean)
      second(): boolean {
        return true;
      }
    }
    await expect(buildCoterieSchema([new Honest(), new Careless()], everybody)).rejects.toThrow(
      /Mutation\.first, Mutation\.second/,
    );
  });

  it('does not start with a field of Workspace that declares no access', async () => {
    @Resolver(() => Workspace)
    class Careless {
      @Access({ kind: 'public' })
      @Query(() => Workspace)
      workspace(): Workspace {
        return { id: '1' };
      }

      @FieldResolver(() => String)
      secret(): string {
        return 'secret';
      }
    }
    await expect(buildCoterieSchema([new Careless()], everybody)).rejects.toThrow(/: Workspace\.secret/);
  });

  it('does not start with a type that declares no read scope', async () => {
    @Resolver()
    class Careless {
      @Access({ kind: 'public' })
      @Query(() => [Forgotten])
      forgotten(): Forgotten[] {
        return [];
      }
    }
    await expect(buildCoterieSchema([new Careless()], everybody)).rejects.toThrow(/@Readable.*: Forgotten/);
  });
});

describe('a type with a read scope', () => {
  it('is hidden from a key that lacks it, whatever led there', async () => {
    const schema = await buildCoterieSchema([new Honest()], everybody);
    const ask = (scopes: string[]) =>
      graphql({
        schema,
        source: '{ guarded { name } }',
        contextValue: { viewer: { kind: 'key', keyId: '1', workspaceId: '1', scopes } },
      });
    expect((await ask(['contacts:read'])).data).toEqual({ guarded: { name: 'guarded' } });
    expect((await ask(['events:write'])).errors?.[0]?.message).toContain('contacts:read');
  });
});
