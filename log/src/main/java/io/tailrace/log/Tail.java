package io.tailrace.log;

/**
 * What recovery finds behind the whole batches of a segment, and what it does about it.
 *
 * <pre>
 *   case        how it comes about                            what is done
 *   WHOLE       nothing is behind them                        keep all
 *   TORN        process died in a write; or power loss:       cut off; later segments are put aside
 *               no valid batch follows
 *   SHORT       power loss: whole batches up to the end of    later segments are put aside
 *               the file, but the next segment starts later
 *   LOST_PAGES  power loss: the kernel had written later      copy aside, cut off; later segments
 *               pages, but not these, which read as zeros     are put aside
 * </pre>
 *
 * So after a power loss the log is a beginning of what it was. Recovery looks only at what may not
 * have been synced (from the recovery point's segment on), so what it gives up was never
 * acknowledged as safe from a power loss. SHORT rests on this: whoever leaves gaps between segments
 * on purpose (compaction) must do it below the recovery point only.
 *
 * <p>All other damage (bit rot, or somebody wrote into the file: valid batches follow, or the
 * damage lies below the recovery point) is no tail, but a {@link Damage}, wherever it lies: taken
 * out, kept beside the log, and reported ({@link Quarantine}).
 */
enum Tail {
  WHOLE,
  TORN,
  SHORT,
  LOST_PAGES
}
