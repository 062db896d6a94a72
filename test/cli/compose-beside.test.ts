// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Compose.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-beside-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SERVICE = 'services: {web: {image: "a:1"}}\n';
const OVERRIDE = 'services: {web: {privileged: true}}\n';

const review = async (file: string, others: Readonly<Record<string, string>>, ...argv: readonly string[]) => {
  await writeFiles(folder, { [file]: SERVICE, ...others });
  return cofferdam(['review', join(folder, file), '--no-config', ...argv]);
};

describe('files beside a Compose file that Docker takes by itself', () => {
  it.each([
    ['compose.yaml', 'compose.override.yaml', 'merges into it'],
    ['docker-compose.yml', 'docker-compose.override.yml', 'merges into it'],
    ['compose.yml', 'docker-compose.override.yaml', 'merges into it'],
    ['docker-compose.yml', 'compose.yaml', 'starts in its place'],
    ['docker-compose.yaml', 'docker-compose.yml', 'starts in its place'],
  ])('are told: of %s, %s', async (file, other, what) => {
    const { code, err } = await review(file, { [other]: OVERRIDE });
    expect(code).toBe(0);
    expect(err).toContain(`${file}:1: warning: ${other} lies beside it, which Docker ${what}`);
    expect((await review(file, { [other]: OVERRIDE }, '--strict')).code).toBe(2);
  });

  it.each([
    ['compose.yaml', 'docker-compose.yml'],
    ['stack.yaml', 'compose.override.yaml'],
    ['compose.yaml', 'other.override.yaml'],
  ])('are none that it does not take: of %s, %s', async (file, other) => {
    const { err } = await review(file, { [other]: OVERRIDE });
    expect(err).not.toContain('lies beside it');
  });
});

describe('a file .env beside a Compose file', () => {
  const FILLED =
    'services: {web: {image: "a:1", privileged: "${P:-false}", volumes: ["${D:-${E-./d}}:/d"], command: "${C}"}}\n';
  const reviewed = async (variables: string) => {
    await writeFiles(folder, { 'shop.yaml': FILLED, '.env': variables });
    return cofferdam(['review', join(folder, 'shop.yaml'), '--no-config']);
  };

  it.each([
    ['P=true\nD=/\n', '(P and D)'],
    ['# mine\n  export P = true\r\n', '(P)'],
    ['E: /var/run/docker.sock\n', '(E)'],
  ])('is told where it fills in what was judged by a default: %j', async (variables, names) => {
    const { code, err } = await reviewed(variables);
    expect(code).toBe(0);
    expect(err).toContain(
      `shop.yaml:1: warning: .env lies beside it, which Docker fills in variables from ${names}, whatever their defaults: judged without it`,
    );
  });

  it('is told where it names other files', async () => {
    expect((await reviewed('COMPOSE_FILE=a.yaml:b.yaml\n')).err).toContain(
      '.env lies beside it, which Docker takes the files from (COMPOSE_FILE) where nobody names one',
    );
  });

  it.each(['', '# P=true\n', 'C=a\nOTHER=b\n'])('is not where it bears on nothing: %j', async variables => {
    expect((await reviewed(variables)).err).not.toContain('lies beside it');
  });
});
