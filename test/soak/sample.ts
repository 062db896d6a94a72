/** What is looked at again and again, of a replica that lives. */
export interface Figures {
  /** Resident, MiB. */
  readonly memory: number;
  /** Open descriptors. */
  readonly files: number;
  /** Processor time since the sample before, percent of a core; NaN in the first. */
  readonly cpu: number;
  /** The lag of the event loop, by its own metrics, since the sample before: the 99th percentile, milliseconds. */
  readonly lag: number;
  /** The time of its answers to ordinary reviews since the sample before, milliseconds; NaN where there were none. */
  readonly p50: number;
  readonly p99: number;
  /** The time of an echo over TLS, asked as often by the same process: what the machine makes of it. */
  readonly echoP50: number;
  readonly echoP99: number;
}

export type Figure = keyof Figures;

export interface Sample {
  readonly replica: string;
  /** How often it was started before. */
  readonly life: number;
  /** Seconds since the run began. */
  readonly at: number;
  /** Seconds since the replica was ready. */
  readonly age: number;
  readonly figures: Figures;
}
