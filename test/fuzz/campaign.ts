import type { JsonMap } from './json.ts';
import { fieldsIn, SPEC_FIELDS } from './model.ts';
import { Random } from './random.ts';
import { Finding, type Reached, type Target } from './target.ts';
import { manifestTarget } from './targets/manifest.ts';
import { noiseTarget } from './targets/noise.ts';
import { policyTarget } from './targets/policy.ts';
import { reviewTarget } from './targets/review.ts';

export const TARGETS = [
  reviewTarget,
  noiseTarget,
  policyTarget,
  manifestTarget,
] as unknown as readonly Target[];

/** The target of each of a hundred inputs; they are spread, so that a short run has some of all. */
const SCHEDULE: readonly Target[] = TARGETS.flatMap(target =>
  Array.from({ length: target.share }, (_, i) => ({ target, at: (i + 0.5) / target.share })),
)
  .toSorted((a, b) => a.at - b.at)
  .map(({ target }) => target);

/** The input of a number: the same one for the same seed. */
export function inputAt(seed: number, index: number): { readonly target: Target; readonly input: JsonMap } {
  const place = index % SCHEDULE.length;
  const target = SCHEDULE[place] as Target;
  const before = SCHEDULE.slice(0, place).filter(one => one === target).length;
  const turn = Math.floor(index / SCHEDULE.length) * target.share + before;
  return { target, input: target.make(Random.of(seed, index), turn) };
}

/** The most milliseconds of processor time that an answer may take. */
export const MOST_MILLISECONDS = 100;
/** An input that took longer is run this often again: a garbage collection, or code that was not compiled yet, is no finding. */
const RETRIES = 4;

export interface Slow {
  readonly index: number;
  readonly target: string;
  readonly milliseconds: number;
}

export interface Failed {
  readonly index: number;
  readonly target: Target;
  readonly input: JsonMap;
  readonly error: unknown;
}

/** The outcome of many inputs. */
export class Tally {
  readonly inputs = new Map<string, number>(TARGETS.map(({ name }) => [name, 0]));
  /** The number of Pods that were judged with a field, by its path. */
  readonly fields = new Map<string, number>(SPEC_FIELDS.map(({ path }) => [path, 0]));
  readonly codes = new Map<string, number>();
  /** The slowest inputs, the slowest first. */
  slowest: readonly Slow[] = [];
  readonly failed: Failed[] = [];

  add(target: Target, index: number, { codes, milliseconds, pod }: Reached): void {
    addOne(this.inputs, target.name);
    for (const code of codes) addOne(this.codes, `${target.name}: ${code}`);
    if (pod !== undefined) fieldsIn(pod, path => addOne(this.fields, path));
    if (milliseconds <= (this.slowest.at(-1)?.milliseconds ?? 0) && this.slowest.length === 5) return;
    const all = [...this.slowest, { index, target: target.name, milliseconds }];
    this.slowest = all.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 5);
  }

  /** The paths of fields that no Pod had. */
  get missed(): readonly string[] {
    return [...this.fields].filter(([, count]) => count === 0).map(([path]) => path);
  }
}

const addOne = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);

/** More failures would show nothing new. */
const MOST_FAILED = 1000;

/** Runs the inputs of some numbers, one after the other. */
export async function campaign(
  { seed, from = 0, inputs }: { readonly seed: number; readonly from?: number; readonly inputs: number },
  tell: (
    tally: Tally,
    done: number,
    at: { readonly index: number; readonly target: Target; readonly reached: Reached | undefined },
  ) => void = () => {},
): Promise<Tally> {
  const tally = new Tally();
  for (let index = from; index < from + inputs && tally.failed.length < MOST_FAILED; index++) {
    const { target, input } = inputAt(seed, index);
    let reached: Reached | undefined;
    try {
      reached = await target.run(input);
      tally.add(target, index, await timed(target, input, reached));
    } catch (error) {
      addOne(tally.inputs, target.name);
      tally.failed.push({ index, target, input, error });
    }
    tell(tally, index - from + 1, { index, target, reached });
  }
  return tally;
}

/** The least of the input's times, where the first was too long. */
async function timed(target: Target, input: JsonMap, reached: Reached): Promise<Reached> {
  let { milliseconds } = reached;
  for (let i = 0; i < RETRIES && milliseconds > MOST_MILLISECONDS; i++) {
    milliseconds = Math.min(milliseconds, (await target.run(input)).milliseconds);
  }
  return { ...reached, milliseconds };
}

/** The reason in a few words, which are the same for inputs that fail for the same reason. */
export const reasonOf = (error: unknown): string =>
  error instanceof Finding
    ? error.message
    : `it threw ${error instanceof Error ? error.message : String(error)}`;

/** Whether an input fails for this reason; one that is no longer an input does not. */
export async function fails(target: Target, input: JsonMap, reason: string): Promise<boolean> {
  try {
    await target.run(input);
    return false;
  } catch (error) {
    return reasonOf(error) === reason;
  }
}
