import {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type BatchOutcome,
} from '../../api/src/modules/destinations/destination.js';

/** A platform that keeps audiences in memory, and to the contract of connectors: it throws where a caller does not. */
export class StrictPlatform implements AudienceConnector {
  readonly kinds = ['contacts', 'companies'] as const;
  limits = { batch: 10, batchesPerMinute: 0 };
  /** Every batch that came, also again. */
  readonly batches: (AudienceBatch & { remoteId: string })[] = [];
  /** Values that were added though they were there, by a batch that had not come before. */
  doubled = 0;
  /** What the next calls fail with, or undefined for one that does not. */
  readonly failures: (DestinationFailure | undefined)[] = [];
  /** Called with each batch before it is taken, and after. */
  onBatch: (batch: AudienceBatch, when: 'before' | 'after') => Promise<void> | void = () => undefined;
  /** Says of a member why it is not taken. */
  refuses: (member: Record<string, readonly string[]>) => string | undefined = () => undefined;
  opened = 0;
  readyAt: Date | undefined;
  #audiences = new Map<string, Set<string>>();
  #sessions = new Map<string, { sequence: number; content: string; isOver: boolean }>();

  /** What it has of an audience, in order. */
  held(audienceId: string): string[] {
    return [...(this.#audiences.get(`remote-${audienceId}`) ?? [])].sort();
  }

  /** Forgets an audience, as if somebody had deleted it there. */
  drop(audienceId: string): void {
    this.#audiences.delete(`remote-${audienceId}`);
  }

  async open(_connection: unknown, { id }: { id: string }): Promise<{ remoteId: string; readyAt?: Date }> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.opened += 1;
    const remoteId = `remote-${id}`;
    if (!this.#audiences.has(remoteId)) this.#audiences.set(remoteId, new Set());
    return { remoteId, ...(this.readyAt && { readyAt: this.readyAt }) };
  }

  async send(
    _connection: unknown,
    { remoteId }: { remoteId: string },
    batch: AudienceBatch,
  ): Promise<BatchOutcome> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    await this.onBatch(batch, 'before');
    this.batches.push({ ...batch, remoteId });
    const outcome = this.#take(remoteId, batch);
    await this.onBatch(batch, 'after');
    return outcome;
  }

  #take(remoteId: string, batch: AudienceBatch): BatchOutcome {
    const audience = this.#audiences.get(remoteId);
    if (!audience) throw new DestinationFailure('gone', 'The audience is not there any more.');
    const isAgain = this.#checkSession(batch);
    const { members } = batch;
    if (members.length === 0 || members.length > this.limits.batch)
      throw new DestinationFailure('refused', `A batch of ${members.length} members is not taken.`);
    const rejected = members.flatMap((member, index) => {
      const why = batch.action === 'add' ? this.refuses(member) : undefined;
      return why === undefined ? [] : [{ index, why }];
    });
    const out = new Set(rejected.map(({ index }) => index));
    members.forEach((member, index) => {
      if (out.has(index)) return;
      for (const [field, values] of Object.entries(member))
        for (const value of values) {
          const key = `${field}:${value}`;
          if (batch.action === 'remove') audience.delete(key);
          else if (audience.has(key)) this.doubled += isAgain ? 0 : 1;
          else audience.add(key);
        }
    });
    return { rejected, rejectedUnnamed: 0 };
  }

  /** @returns whether the batch has come before. */
  #checkSession({ session, sequence, isLast, action, members }: AudienceBatch): boolean {
    const known = this.#sessions.get(session) ?? { sequence: 0, content: '', isOver: false };
    const content = JSON.stringify([action, members]);
    const isAgain = known.sequence === sequence;
    if (isAgain) {
      const former = new Set(
        (JSON.parse(known.content) as [string, unknown[]])[1].map((one) => JSON.stringify(one)),
      );
      if (!members.every((member) => former.has(JSON.stringify(member))))
        throw new Error(`The batch ${sequence} has come again with other members.`);
    } else if (sequence !== known.sequence + 1 || known.isOver)
      throw new Error(`After batch ${known.sequence} of a session came ${sequence}.`);
    this.#sessions.set(session, { sequence, content: isAgain ? known.content : content, isOver: isLast });
    return isAgain;
  }
}
