/** The figures that are measured again and again, of a replica that lives. */
export interface Figures {
  /** Resident memory, in MiB. */
  readonly memory: number;
  /** The number of open descriptors. */
  readonly files: number;
  /** The processor time since the sample before, in percent of a core; NaN in the first. */
  readonly cpu: number;
  /** The 99th percentile of the event loop's lag since the sample before, by its own metrics, in milliseconds. */
  readonly lag: number;
  /** The time of its answers to ordinary reviews since the sample before, in milliseconds; NaN where there were none. */
  readonly p50: number;
  readonly p99: number;
  /** The time of an echo over TLS, asked as often by the same process, which shows what the machine contributes. */
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
