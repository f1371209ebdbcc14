/** Answers of GraphQL: those of our own queries, whose shape we know. */
type Answer<Data> = { data: Data; errors?: { message: string }[] };

/** What a key may be told in one request of the tracking API, with room for the envelope: it takes 500 KB. */
const batchBytes = 450_000;
const batchMessages = 2000;

/**
 * A client of the public API, as integrators write one: it signs in for what people do, and presents keys for the rest.
 * Whatever is refused throws, with what the API said.
 */
export class DemoClient {
  #cookie = '';

  /** @param url where Coterie answers, without a slash at the end. */
  constructor(readonly url: string) {}

  /** Asks GraphQL as the person who signed up or in. */
  async ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.#cookie },
      body: JSON.stringify({ query, variables }),
    });
    this.#cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? this.#cookie;
    const { data, errors } = (await response.json()) as Answer<Data>;
    if (errors) throw new Error(`The demonstration was refused: ${errors[0]!.message}`);
    return data;
  }

  /** Uploads a CSV file. @returns the import's id. */
  async upload(key: string, fileName: string, mapping: Record<string, string>, csv: string): Promise<string> {
    const query = new URLSearchParams({ fileName, mapping: JSON.stringify(mapping) });
    const response = await fetch(`${this.url}/v1/imports?${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      body: csv,
    });
    if (!response.ok) throw new Error(`The demonstration's contacts were refused: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }

  /** Sends messages to the tracking API, in their order. */
  async track(key: string, messages: readonly object[]): Promise<void> {
    for (const body of batchesOf(messages)) await this.#post(key, body);
  }

  async #post(key: string, body: string): Promise<void> {
    const response = await fetch(`${this.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
    const said = await response.text();
    if (response.ok) return;
    const wait = Number(response.headers.get('retry-after'));
    if (!wait) throw new Error(`The demonstration's events were refused: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    await this.#post(key, body);
  }
}

/** Bodies of as many messages as a request may hold. */
function* batchesOf(messages: readonly object[]): Generator<string> {
  let texts: string[] = [];
  let bytes = 0;
  for (const message of messages) {
    const text = JSON.stringify(message);
    const size = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && (texts.length === batchMessages || bytes + size > batchBytes)) {
      yield `{"batch":[${texts.join(',')}]}`;
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += size;
  }
  if (texts.length > 0) yield `{"batch":[${texts.join(',')}]}`;
}
