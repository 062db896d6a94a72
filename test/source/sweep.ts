/**
 * Looks for what costs most to read, one text after another: each of YAML's signs and any two of them, over and over, at the
 * start of a file and within a list. Told is what takes more time than in proportion, or more memory than its share of the
 * gigabyte that a file may cost; test/source/cost.ts then measures it in a file of 50 MB. `node test/source/sweep.ts` takes
 * some minutes.
 */
import process from 'node:process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const SIGNS = [
  ...'-?:,[]{}#&*!|>\'"%@`\\~<=.a0',
  ...['\n', '\r\n', ' ', '\t', '- ', ': ', '? ', ' #', '\n ', '---\n', '...\n', '<<: ', '{{', '\ufeff'],
];
const UNITS = [...SIGNS, ...SIGNS.flatMap(a => SIGNS.filter(b => b !== a).map(b => a + b))];
const STARTS = ['', 'a: [', 'a: |\n  x\n'];

/** The size of a text, in characters. */
const SIZE = 100_000;
/**
 * The most heap that a text may take. A document is given up beyond 1.5 million words, some fifteen times as many as these
 * texts have at most.
 */
const MAX_MB = 110;
/** The most times as long that a text four times as long may take. */
const MAX_TIMES = 10;
const MAX_MS = 600;

/** Milliseconds of processor time that one reading takes. */
function timeOf(start: string, unit: string, size: number): number {
  const text = start + unit.repeat(size / unit.length);
  const before = process.threadCpuUsage();
  readDocuments(text, 'a.yaml', 'manifests');
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

interface Cost {
  readonly start: string;
  readonly few: number;
  readonly many: number;
}

function work(): void {
  parentPort?.on('message', (unit: string) => {
    const costs = STARTS.map(start => ({
      start,
      few: timeOf(start, unit, SIZE / 4),
      many: timeOf(start, unit, SIZE),
    }));
    parentPort?.postMessage(costs);
  });
}

function tell(unit: string, costs: readonly Cost[]): void {
  for (const { start, few, many } of costs) {
    // A time of nearly nothing only shows the ticks of the clock.
    const times = many / Math.max(few, 2);
    if (many < MAX_MS && times < MAX_TIMES) continue;
    const text = `${JSON.stringify(start)}, then ${JSON.stringify(unit)}`;
    process.stdout.write(`${text}: ${many.toFixed()} ms, ${times.toFixed(1)} times that of a fourth\n`);
  }
}

/** Sweeps from a unit on, in a thread that is limited to so much memory. */
function sweep(from: number): void {
  let at = from;
  const worker = new Worker(new URL(import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_MB, maxYoungGenerationSizeMb: 16 },
  });
  const next = (): void => {
    const unit = UNITS[at];
    if (unit === undefined) void worker.terminate();
    else worker.postMessage(unit);
  };
  worker.on('message', (costs: readonly Cost[]) => {
    tell(UNITS[at++] ?? '', costs);
    next();
  });
  worker.on('error', () => {
    process.stdout.write(`${JSON.stringify(UNITS[at])}: more than ${MAX_MB} MB\n`);
    sweep(at + 1);
  });
  next();
}

if (isMainThread) sweep(0);
else work();
