/**
 * `npm run house`: what src is made of as it is committed: files a folder, arrows, circles. `npm run house -- BEFORE AFTER` tells it of
 * two commits, beside each other. An arrow is an import, of a type too; a room is a folder of src with all below it.
 */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { circlesOf, IMPORT } from './graph.ts';

const ROOT = join(import.meta.dirname, '../..');

type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

interface House {
  readonly name: string;
  /** How many files each folder has. */
  readonly files: ReadonlyMap<string, number>;
  readonly betweenFiles: Arrows;
  readonly betweenFolders: Arrows;
  readonly betweenRooms: Arrows;
}

const git = (...argv: readonly string[]): readonly string[] =>
  execFileSync('git', argv, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 })
    .split('\n')
    .filter(line => line !== '');

function houseOf(commit: string): House {
  const files = git('ls-tree', '-r', '--name-only', commit, 'src/').filter(file => file.endsWith('.ts'));
  const betweenFiles = new Map(files.map(file => [file, new Set<string>()]));
  // One look at all files, of which each line comes behind the name of its own.
  for (const line of git('grep', '--null', '-E', "(from|import) *\\(? *'\\.", commit, '--', 'src/*.ts')) {
    const [named = '', text = ''] = line.split('\0');
    const file = named.slice(`${commit}:`.length);
    const targets = Array.from(text.matchAll(IMPORT), ([, path = '']) => join(dirname(file), path));
    for (const target of targets) if (betweenFiles.has(target)) betweenFiles.get(file)?.add(target);
  }
  return {
    name: git('rev-parse', '--short', commit).join(''),
    files: counted(files.map(dirname)),
    betweenFiles,
    betweenFolders: between(betweenFiles, dirname),
    betweenRooms: between(betweenFiles, file => file.split('/').slice(0, 2).join('/')),
  };
}

/** What the arrows of files make of what holds these; those within one are none. */
function between(files: Arrows, holderOf: (file: string) => string): Arrows {
  const arrows = new Map([...files.keys()].map(file => [holderOf(file), new Set<string>()]));
  for (const [file, targets] of files) {
    for (const holder of [...targets].map(holderOf)) {
      if (holder !== holderOf(file)) arrows.get(holderOf(file))?.add(holder);
    }
  }
  return arrows;
}

const counted = (all: readonly string[]): ReadonlyMap<string, number> =>
  all.reduce((counts, one) => counts.set(one, (counts.get(one) ?? 0) + 1), new Map<string, number>());

const count = (arrows: Arrows): number => [...arrows.values()].reduce((sum, { size }) => sum + size, 0);

function print(houses: readonly House[]): void {
  const folders = [...new Set(houses.flatMap(({ files }) => [...files.keys()]))].sort();
  const width = Math.max(...folders.map(({ length }) => length));
  const row = (name: string, cell: (house: House) => string | number): void =>
    void process.stdout.write(
      `${name.padEnd(width)}${houses.map(house => String(cell(house)).padStart(10)).join('')}\n`,
    );
  row('files', ({ name }) => name);
  for (const folder of folders) row(folder, ({ files }) => files.get(folder) ?? '-');
  process.stdout.write('\n');
  row('files in all', ({ betweenFiles }) => betweenFiles.size);
  row('folders', ({ files }) => files.size);
  row('most files in one', ({ files }) => Math.max(...files.values()));
  const graphs = {
    files: (house: House) => house.betweenFiles,
    folders: (house: House) => house.betweenFolders,
    rooms: (house: House) => house.betweenRooms,
  };
  for (const [what, arrows] of Object.entries(graphs))
    row(`arrows of ${what}`, house => count(arrows(house)));
  for (const [what, arrows] of Object.entries(graphs))
    row(`circles of ${what}`, house => circlesOf(arrows(house)).length);
  for (const [what, arrows] of Object.entries(graphs)) {
    for (const house of houses) {
      for (const circle of circlesOf(arrows(house)))
        process.stdout.write(`\n${house.name}, a circle of ${what}: ${circle.join(', ')}\n`);
    }
  }
}

const commits = process.argv.slice(2);
print((commits.length === 0 ? ['HEAD'] : commits).map(houseOf));
