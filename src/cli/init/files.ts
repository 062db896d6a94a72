import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { stringify } from 'yaml';
import { packaged } from '../../source/packaged.ts';
import { DAY_MS } from '../../source/time.ts';
import { SETTINGS_FILE } from '../settings/find.ts';

/** A file that `cofferdam init` writes. */
export interface FirstFile {
  /** The path from the root of the repository, with `/` between its parts. */
  readonly path: string;
  readonly text: string;
  /** The purpose, in a few words. */
  readonly about: string;
}

/** The CI systems that a file can be written for. */
export const CI_SYSTEMS = ['github', 'gitlab', 'none'] as const;
export type CiSystem = (typeof CI_SYSTEMS)[number];

/** The placeholder for the folder of policies, from the root of the repository, in files of policies/first and docs/ci. */
const FOLDER = 'policies';
/** The folder of schemas beside the policies. It is hidden, as `--policy` skips hidden folders. */
const SCHEMAS = '.schema';
/** The day on which the exemption of policies/first was written, and the day on which it expires. */
const WRITTEN = '2026-12-01T00:00:00Z';
const EXPIRES = '2027-03-01T00:00:00Z';

const LIFETIME_MS = 30 * DAY_MS;

/** When an exemption written at `now` expires: a time in milliseconds, at the start of a day (UTC). */
export const expiryOf = (now: number): number => startOfDay(now + LIFETIME_MS);

/**
 * The files that `cofferdam init` writes: the examples of docs/writing-policies.md with what checks them in CI, and the schemas
 * for editors.
 * @param folder the folder for the policies, from the root of the repository
 * @param now milliseconds since 1970
 */
export function firstFiles(folder: string, ci: CiSystem, now: number): readonly FirstFile[] {
  const own = (name: string, about: string): FirstFile => {
    const path = posix.join(folder, name);
    return { path, about, text: written(name, path, folder, now) };
  };
  return [
    {
      path: SETTINGS_FILE,
      about: 'what review, explain and diff take for this repository',
      text: written('settings.yaml', SETTINGS_FILE, folder, now).replace(
        `- ${FOLDER}\n`,
        `- ${stringify(folder)}`,
      ),
    },
    own('internet-facing.yaml', 'a policy: what faces the internet is sandboxed'),
    own('internet-facing.tests.yaml', 'its cases'),
    own('node-exporter.yaml', 'an exemption: one agent of the nodes, for 30 days'),
    own('node-exporter.tests.yaml', 'its cases'),
    own('runsc-team.yaml', 'a profile: what a runtime handler of your own is'),
    ...['policies', 'policy-tests', 'settings'].map(name => ({
      path: posix.join(folder, SCHEMAS, `${name}.schema.json`),
      about: 'for editors',
      text: shipped(`docs/schema/${name}.schema.json`),
    })),
    ...ciFiles(folder, ci),
  ];
}

const shipped = (path: string): string => readFileSync(packaged(path), 'utf8');

/** A file of policies/first, adapted to another folder and another time. */
function written(name: string, path: string, folder: string, now: number): string {
  const toSchemas = posix.relative(posix.dirname(path), posix.join(folder, SCHEMAS));
  return shipped(`policies/first/${name}`)
    .replace(/(?<=\$schema=)\S*\//, `./${toSchemas}/`)
    .replaceAll(WRITTEN, timeOf(startOfDay(now)))
    .replaceAll(EXPIRES, timeOf(expiryOf(now)));
}

/** The files of docs/ci, for all manifests of a repository. */
function ciFiles(folder: string, ci: CiSystem): readonly FirstFile[] {
  const about = 'tests the policies and reviews each change with them';
  switch (ci) {
    case 'github':
      return [
        {
          path: '.github/workflows/cofferdam.yml',
          about,
          text: shipped('docs/ci/github.yml')
            .replace(/(?<= {2}paths: ).*\n(?: {12}.*\n)+/, '.\n')
            .replaceAll(`            ${FOLDER}\n`, `            ${folder}\n`),
        },
      ];
    case 'gitlab':
      return [
        {
          path: '.gitlab/cofferdam.yml',
          about,
          text: shipped('docs/ci/gitlab.yml')
            .replace('deploy charts;', '.;')
            .replaceAll(` ${FOLDER} `, ` ${folder} `),
        },
      ];
    case 'none':
      return [];
  }
}

const startOfDay = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS;
const timeOf = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
