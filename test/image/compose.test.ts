import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings, settingsSchema } from '../../api/src/settings.js';
import { root } from '../support/process.js';
import { environmentOf, readDockerfile } from './dockerfile.js';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  restart?: string;
  ports?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

const file = join(root, 'infra/compose.yaml');
const text = readFileSync(file, 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.image === 'coterie');
const secrets = { DATABASE_PASSWORD: 'secret', POSTGRES_PASSWORD: 'other' };

/** What Compose makes of `${NAME}`, `${NAME:-default}` and `${NAME:?reason}`. */
function interpolate(value: string, given: Record<string, string>): string {
  return value.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/gu,
    (_all, name: string, kind: string, rest: string) => {
      const found = given[name] ?? (kind === '-' ? rest : undefined);
      if (found === undefined) throw new Error(`${name} ${rest}`);
      return found;
    },
  );
}

function environment(service: Service, given: Record<string, string>): Record<string, string> {
  const entries = Object.entries(service.environment ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, interpolate(value, given)]));
}

describe('the compose file for one machine', () => {
  it.each(ours)(
    'sets only variables for %s that Coterie reads, to values that it takes',
    (_name, service) => {
      const variables = environment(service, secrets);
      expect(Object.keys(variables).filter((name) => !(name in settingsSchema.shape))).toEqual([]);
      expect(readSettings(variables)).toMatchObject({
        databaseUrl: 'postgres://coterie:secret@postgres:5432/coterie',
        redisUrl: 'redis://redis:6379',
        baseUrl: 'http://localhost:4000',
        signUp: 'first',
      });
    },
  );

  it('holds no secret, and does not start without them', () => {
    expect(text).not.toMatch(/PASSWORD: (?!\$\{)/u);
    const { coterie, postgres } = compose.services;
    expect(() => environment(coterie!, {})).toThrow('DATABASE_PASSWORD is the password');
    expect(() => environment(postgres!, { DATABASE_PASSWORD: 'secret' })).toThrow(
      'POSTGRES_PASSWORD is the password',
    );
  });

  it('gives Coterie a role that is no superuser', () => {
    const [, statement = ''] = /(create role [^;]+);/u.exec(
      readFileSync(join(root, 'infra/docker/create-owner.sh'), 'utf8'),
    )!;
    expect(statement).toBe("create role coterie login createrole password :'password'");
    expect(compose.services['postgres']!.environment).not.toHaveProperty('POSTGRES_USER');
  });

  it('restarts everything, and starts Coterie once what it needs is healthy', () => {
    for (const [, service] of services) expect(service.restart).toBe('unless-stopped');
    for (const [, service] of ours) {
      for (const [name, { condition }] of Object.entries(service.depends_on!)) {
        expect(condition).toBe('service_healthy');
        expect(compose.services[name]!.healthcheck!.test).toBeDefined();
      }
    }
  });

  it('pins versions, and opens no port but that of Coterie on this machine', () => {
    const theirs = services.filter(([, service]) => service.image !== 'coterie');
    for (const [, service] of theirs) expect(service.image).toMatch(/^[a-z]+:\d+-[a-z]+$/u);
    const ports = services.flatMap(([name, service]) => (service.ports ?? []).map((port) => [name, port]));
    expect(ports).toEqual([['coterie', '127.0.0.1:4000:4000']]);
  });

  it('names only files and volumes that exist', () => {
    const { context, dockerfile } = compose.services['coterie']!.build!;
    expect(existsSync(join(root, 'infra', context, dockerfile))).toBe(true);
    const sources = services.flatMap(([, service]) =>
      (service.volumes ?? []).map((volume) => volume.split(':')[0]!),
    );
    const files = sources.filter((source) => source.startsWith('.'));
    expect(files.filter((source) => !existsSync(join(root, 'infra', source)))).toEqual([]);
    expect(sources.filter((source) => !source.startsWith('.'))).toEqual(Object.keys(compose.volumes));
  });

  it('runs parts that Coterie knows', () => {
    expect(interpolate(compose.services['coterie']!.command![0]!, {})).toBe('all');
    expect(compose.services['worker']!.command).toEqual(['worker']);
  });
});

describe('the Dockerfile', () => {
  it('sets only variables in the last stage that Coterie or Node.js reads', () => {
    const variables = Object.keys(
      environmentOf(readDockerfile(join(root, 'infra/docker/Dockerfile')).at(-1)!),
    );
    expect(variables.filter((name) => name !== 'NODE_ENV' && !(name in settingsSchema.shape))).toEqual([]);
  });
});
