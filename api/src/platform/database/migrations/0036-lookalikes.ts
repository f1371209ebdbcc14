import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How lookalikes are grown, how that went, and why somebody is in one. */
export class Lookalikes1700000000036 implements MigrationInterface {
  name = 'Lookalikes1700000000036';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table lookalikes
        add column excluded_segment_id uuid,
        add column weighted         boolean not null default false,   -- whether members count by their value
        add column left_out         text[] not null default '{}',     -- columns that the model does not see
        add column schedule         text not null default 'manual'
          check (schedule in ('manual', 'daily', 'weekly', 'monthly')),
        add column status           text not null default 'ready'
          check (status in ('queued', 'training', 'ready', 'failed', 'cancelled')),
        add column progress         real not null default 0,          -- 0 to 1
        add column training         integer not null default 0,       -- counts how often it was asked for
        add column trouble          text,                             -- in words
        -- Of how many contacts the ranked ones are the best; null: all of them are ranked.
        add column pool_size        integer,
        add column seed_size        integer,
        add column report           jsonb,                            -- lookalike.ts
        add column trained_at       timestamptz,
        add column next_training_at timestamptz,
        add column created_by       text not null default 'system',
        add column archived_at      timestamptz,
        add foreign key (workspace_id, excluded_segment_id) references segments;
      create index lookalikes_due on lookalikes (workspace_id, next_training_at) where next_training_at is not null;
      create index lookalikes_by_creation on lookalikes (workspace_id, created_at, id);

      -- Why: places of traits in the report, and what each adds to the score.
      alter table lookalike_ranks add column reasons smallint[], add column adds real[];
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
