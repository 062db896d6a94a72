/* The data that the script of a page reads, which is JSON in the page, and nothing else. Both sides use these types. */

/**
 * The places where something runs: first the gravest, then from the least to the best isolated, and last what nobody asks
 * about.
 */
export const PLACES = ['rejected', 'host-kernel', 'app-kernel', 'vm', 'confidential-vm', 'unasked'] as const;
export type Place = (typeof PLACES)[number];

/** The names of places; the marks before these words are named in the same way (glyphs.ts). */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  rejected: 'rejected',
  'host-kernel': 'host kernel',
  'app-kernel': 'application kernel',
  vm: 'VM',
  'confidential-vm': 'confidential VM',
  unasked: 'out of scope',
};

/** How a sandbox stands to an object: not looked at, chosen, would do as well, or would not do. */
export const STANDINGS = ['none', 'chosen', 'fits', 'unfit'] as const;

/** The source of a part of a score: a category of signals, or what operators and authors say by labels and rules. */
export const KINDS = ['breakout', 'exposure', 'label', 'rule', 'hygiene'] as const;

/** A text by its index in `texts`: most occur with many objects, but only once in the page. */
export type Text = number;
/** An index into a list of the page: into `PLACES`, `STANDINGS`, `KINDS`, `signals`, and others. */
export type Index = number;

export interface PageData {
  readonly texts: readonly string[];
  /** The main filter of objects: where they run, or what happens to them. */
  readonly states: readonly State[];
  /** The sandboxes that have a column, by name. */
  readonly columns: readonly Text[];
  readonly signals: readonly SignalData[];
  readonly policies: readonly PolicyData[];
  readonly rows: readonly Row[];
}

export interface State {
  /** The id in a link to it: `#state=vm`. */
  readonly id: string;
  readonly word: string;
  /** The mark that it is drawn with. */
  readonly glyph: string;
}

export interface SignalData {
  readonly id: string;
  readonly title: string;
  readonly category: string;
}

export interface PolicyData {
  readonly name: Text;
  readonly tiers: readonly { readonly atLeast: number; readonly isolation: Place }[];
}

/** One object, or Pods of one owner that were decided alike. */
export interface Row {
  readonly state: Index;
  readonly name: Text;
  readonly namespace: Text;
  /** The file and line; empty for an object of a cluster. */
  readonly source: Text;
  /** How many Pods, where they are counted. */
  readonly pods?: number;
  /** A word on what changes the effect of its verdict: `audit`, `out of scope`. */
  readonly aside?: Text;
  /** Where it ran before a change. */
  readonly before?: Standing;
  readonly now: Standing;
  /** One cell for each column. */
  readonly cells: readonly Cell[];
  readonly signals: readonly Index[];
  /** What is said about it. For a change, there are two sides: before and after. */
  readonly sides: readonly Side[];
}

export interface Standing {
  readonly place: Index;
  /** `gvisor`, `host kernel` */
  readonly words: Text;
  /** 0 to 100: the score that tiers look at. */
  readonly tierScore: number;
  /** 0 to 25: what hygiene adds. */
  readonly hygiene: number;
}

/** How one sandbox stands to one object, and why, in a few words. */
export type Cell = readonly [standing: Index, why: Text];

/** Everything that is shown about one decision. */
export interface Side {
  /** `Before` or `After`; empty where there is one side. */
  readonly title: Text;
  readonly why: Text;
  readonly fix: Text;
  readonly policy: Index;
  readonly required: Index;
  readonly parts: readonly Part[];
  /** What requires the isolation, as phrases. */
  readonly floors: readonly Text[];
  readonly findings: readonly FindingData[];
  /** How many findings are not listed. */
  readonly more: number;
  readonly placement: readonly Step[];
  readonly exemptions: readonly Text[];
  readonly notes: readonly Text[];
}

/** A part of the score: its words and its weight. */
export type Part = readonly [kind: Index, words: Text, weight: number];

export type FindingData = readonly [signal: Index, source: Text, place: Text, waivedBy: Text];

/** One candidate with what stands against it, as phrases. */
export type Step = readonly [name: Text, place: Index, standing: Index, objections: readonly Text[]];
